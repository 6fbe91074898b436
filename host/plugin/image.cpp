#include "host/plugin/image.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "host/core/error.hpp"

namespace host::plugin {

namespace fs = std::filesystem;
using core::Code;
using core::Error;

namespace {

Error system_error(const fs::path& file, const std::string& doing, int number) {
    const Code code = number == ENOENT ? Code::NotFound : number == EACCES ? Code::Denied : Code::Unavailable;
    return Error{code, file.string() + ": cannot " + doing + ": " + std::generic_category().message(number)};
}

std::string_view kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

// Asked of the open descriptor, not of the path: the answer is about the very file that is read.
fs::path place_of(const Descriptor& descriptor) {
    return fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor.get()));
}

bool is_inside(const fs::path& place, const fs::path& root) {
    std::error_code ignored;
    const fs::path base = fs::weakly_canonical(fs::absolute(root), ignored);
    const auto [end, unused] = std::mismatch(base.begin(), base.end(), place.begin(), place.end());
    return end == base.end() || (end->empty() && std::next(end) == base.end());
}

void refuse_outsider(const Image& image, std::span<const fs::path> roots) {
    if (!fs::is_symlink(image.file)) return;
    const fs::path place = place_of(image.source);
    if (std::any_of(roots.begin(), roots.end(), [&](const fs::path& root) { return is_inside(place, root); })) return;
    throw Error{Code::Denied, image.file.string() + ": is a symbolic link to " + place.string() +
                                  ", outside of the plugin directories; put the file itself there"};
}

std::size_t size_of(const Image& image) {
    struct stat status {};
    if (::fstat(image.source.get(), &status) != 0) throw system_error(image.file, "read", errno);
    if (!S_ISREG(status.st_mode))
        throw Error{Code::Abi, image.file.string() + ": is " + std::string(kind_of(status.st_mode)) +
                                   " but a plugin is a regular file"};
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > image_bytes_max)
        throw Error{Code::Abi, image.file.string() + ": has " + std::to_string(size) + " bytes but a plugin has at most " +
                                   std::to_string(image_bytes_max)};
    return size;
}

void read_bytes(Image& image, std::size_t size) {
    image.bytes.resize(size);
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::read(image.source.get(), image.bytes.data() + done, size - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw system_error(image.file, "read", errno);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    image.bytes.resize(done);
}

}  // namespace

Image read_image(const fs::path& file, std::span<const fs::path> roots) {
    // Without O_NONBLOCK the opening of a pipe would wait for its writer for ever.
    Image image{file, Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), {}};
    if (!image.source) throw system_error(file, "open", errno);
    refuse_outsider(image, roots);
    read_bytes(image, size_of(image));
    return image;
}

}  // namespace host::plugin
