#include "host/config/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "host/core/error.hpp"

namespace host::config {

namespace {

core::Error cannot_read(const std::filesystem::path& path, const std::string& why, core::Code code) {
    return {code, "cannot read " + path.string() + ": " + why};
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        const bool absent = !error || error == std::errc::no_such_file_or_directory;
        throw cannot_read(path, absent ? "no such file" : error.message(), core::Code::NotFound);
    }
    if (!std::filesystem::is_regular_file(status))
        throw cannot_read(path, "not a regular file", core::Code::InvalidArgument);

    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw cannot_read(path, std::strerror(errno), core::Code::Denied);
    // One byte more than allowed tells a file that is too large from one that just fits.
    std::string content(bytes_max + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad()) throw cannot_read(path, "reading failed", core::Code::Unavailable);
    if (content.size() > bytes_max) {
        throw cannot_read(path, "larger than " + std::to_string(bytes_max) + " bytes", core::Code::Limit);
    }
    return content;
}

std::filesystem::path relative_to(const Mark& mark, std::string_view written) {
    std::filesystem::path path(written);
    if (path.is_relative() && mark.in_file()) path = std::filesystem::path(*mark.file).parent_path() / path;
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    return (error ? path : absolute).lexically_normal();
}

}  // namespace host::config
