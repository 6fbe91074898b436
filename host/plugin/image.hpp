#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "host/plugin/descriptor.hpp"

namespace host::plugin {

// A plugin file as it was when it was opened. What is verified are these bytes, and these bytes are what is mapped later
// (see library.hpp): a file that is replaced or overwritten in between changes nothing.
struct Image {
    std::filesystem::path file;  // as found, for messages
    Descriptor source;           // the open file
    std::string bytes;
};

constexpr std::size_t image_bytes_max = 512ull << 20;

// Reads a regular file of at most image_bytes_max. A symbolic link is followed only if it ends inside one of `roots`, so
// that nobody who may write a link can make the host map a file from elsewhere. Throws core::Error that names the file.
Image read_image(const std::filesystem::path& file, std::span<const std::filesystem::path> roots);

}  // namespace host::plugin
