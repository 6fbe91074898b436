#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "host/config/tree.hpp"

namespace host::config {

// The content of a regular file. Throws core::Error that names the file: absent, unreadable, no regular file (a pipe
// would hang the start), larger than `bytes_max`.
std::string read_file(const std::filesystem::path& path, std::size_t bytes_max);

// An absolute path. What is written relative in a file starts at that file's folder, anything else at the current one.
std::filesystem::path relative_to(const Mark& mark, std::string_view written);

}  // namespace host::config
