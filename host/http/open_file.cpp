#include "host/http/open_file.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "host/core/error.hpp"

namespace host::http {

namespace {

constexpr int reading = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// -1 with the reason in errno.
int open_beneath(int directory, const std::string& path) {
    open_how how{};
    how.flags = reading;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    // The kernel gives up with EAGAIN when a component was moved while it looked.
    constexpr int attempts_max = 8;
    int descriptor = -1;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        descriptor = static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how));
        if (descriptor >= 0 || errno != EAGAIN) break;
    }
    return descriptor;
}

// None of the reasons is a client's business: what cannot be read is not there.
void throw_if_exhausted(int reason) {
    if (reason == EMFILE || reason == ENFILE || reason == ENOMEM)
        throw core::Error(core::Code::Busy, "no file can be opened at present");
}

bool is_plain_component(const std::string& component) {
    return component != "." && component != "..";
}

}  // namespace

OpenFile::OpenFile(int descriptor) : descriptor_(descriptor) {
    if (::fstat(descriptor_, &status_) != 0) status_ = {};
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), status_(other.status_) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(status_, other.status_);
    return *this;
}

OpenFile::~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<OpenFile> detail::open_by_components(int directory, const std::string& path) {
    std::optional<OpenFile> at;
    int from = directory;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string component = path.substr(begin, end - begin);
        begin = end + 1;
        if (component.empty()) continue;
        if (!is_plain_component(component)) return std::nullopt;
        const int descriptor = ::openat(from, component.c_str(), reading | O_NOFOLLOW);
        if (descriptor < 0) {
            throw_if_exhausted(errno);
            return std::nullopt;
        }
        at = OpenFile(descriptor);
        if (end < path.size() && !at->is_directory()) return std::nullopt;
        from = at->descriptor();
    }
    return at;
}

std::optional<OpenFile> open_below(const std::filesystem::path& directory, const std::string& path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos) return std::nullopt;
    const int base = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0) {
        throw_if_exhausted(errno);
        return std::nullopt;
    }
    const OpenFile base_kept(base);
    const int descriptor = open_beneath(base, path);
    if (descriptor >= 0) return OpenFile(descriptor);
    throw_if_exhausted(errno);
    if (errno == ENOSYS || errno == EPERM) return detail::open_by_components(base, path);
    return std::nullopt;
}

}  // namespace host::http
