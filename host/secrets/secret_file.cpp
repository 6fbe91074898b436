#include "host/secrets/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/core/error.hpp"

namespace host::secrets {

using core::Code;
using core::Error;

namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

  private:
    const int number_;
};

std::string octal(mode_t mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777U));
    return text;
}

void check_file(const std::filesystem::path& file, const struct stat& status, Readers readers) {
    if (!S_ISREG(status.st_mode)) throw Error(Code::InvalidArgument, file.string() + " is no ordinary file");
    if (status.st_uid != 0 && status.st_uid != geteuid()) {
        throw Error(Code::Denied, file.string() + " belongs to another user, who could change it");
    }
    const mode_t forbidden = readers == Readers::OwnerOnly ? 0177 : 0137;
    if ((status.st_mode & forbidden & 0777U) != 0) {
        throw Error(Code::Denied, file.string() + " has mode " + octal(status.st_mode) + " but may have " +
                                      (readers == Readers::OwnerOnly ? "0600" : "0640") + " at most: it holds a secret");
    }
    if (static_cast<std::size_t>(status.st_size) > secret_bytes_max) {
        throw Error(Code::Limit, file.string() + " is larger than 64 KiB, the most a secret may have");
    }
}

}  // namespace

std::optional<SecretBytes> read_secret_file(const std::filesystem::path& file, Readers readers) {
    // Not blocking: a pipe in the place of a file must not hold us up.
    const Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (descriptor.get() < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        throw Error(Code::Unavailable, file.string() + " cannot be read: " + std::strerror(errno));
    }
    struct stat status {};
    if (fstat(descriptor.get(), &status) != 0) throw Error(Code::Unavailable, file.string() + " cannot be examined");
    check_file(file, status, readers);
    SecretBytes bytes(secret_bytes_max + 1);
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = read(descriptor.get(), bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error(Code::Unavailable, file.string() + " cannot be read: " + std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > secret_bytes_max)
        throw Error(Code::Limit, file.string() + " is larger than 64 KiB, the most a secret may have");
    bytes.shrink(size);
    return bytes;
}

std::string mark_of(const std::filesystem::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return {};
    return std::to_string(status.st_dev) + "." + std::to_string(status.st_ino) + "." + std::to_string(status.st_size) + "." +
           std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace host::secrets
