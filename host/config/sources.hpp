#pragma once

#include <filesystem>

#include "host/config/problems.hpp"
#include "host/config/tree.hpp"

namespace host::config {

// The main file, and below plugins.<id> the content of each plugins.d/<id>.yaml beside it, in the order of their names.
Node read_sources(const std::filesystem::path& file, Problems& problems);

}  // namespace host::config
