#include "host/app/control_access.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "host/core/error.hpp"
#include "host/core/ids.hpp"

namespace host::app {

namespace {

namespace fs = std::filesystem;

std::string new_token() {
    std::array<unsigned char, 32> bytes;
    core::random_bytes(bytes.data(), bytes.size());
    std::string hex;
    for (const unsigned char byte : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        hex.push_back(digits[byte >> 4]);
        hex.push_back(digits[byte & 15]);
    }
    return hex;
}

fs::path token_file(const fs::path& data_directory) {
    return data_directory / "control.token";
}

core::Error failed(const fs::path& file, const char* what) {
    return {core::Code::Unavailable, file.string() + ": cannot " + what + ": " + std::strerror(errno)};
}

}  // namespace

std::string control_socket(const fs::path& data_directory) {
    return "unix:" + (data_directory / "control.sock").string();
}

ControlAccess open_control(const fs::path& data_directory) {
    const fs::path file = token_file(data_directory);
    const fs::path unfinished = file.string() + ".new";
    const std::string token = new_token();
    const int fd = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) throw failed(unfinished, "open");
    const bool written = ::fchmod(fd, 0600) == 0 && ::write(fd, token.data(), token.size()) == ssize_t(token.size());
    ::close(fd);
    if (!written) throw failed(unfinished, "write");
    if (::rename(unfinished.c_str(), file.c_str()) != 0) throw failed(file, "replace");
    return {control_socket(data_directory), token};
}

ControlAccess find_control(const fs::path& data_directory) {
    const fs::path file = token_file(data_directory);
    if (!fs::exists(file)) throw core::Error(core::Code::NotFound, "no host has run on " + data_directory.string());
    std::ifstream in(file);
    std::string token;
    if (!in || !std::getline(in, token)) throw failed(file, "read (are you the host's user?)");
    return {control_socket(data_directory), token};
}

}  // namespace host::app
