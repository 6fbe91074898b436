#pragma once

#include <filesystem>

namespace host::database {

// The folder that holds `initdb` and `postgres`: `configured` if it is set, else the newest version installed or, for
// a cluster that exists already, the version that made it. Throws Unavailable, naming the package to install.
std::filesystem::path find_server_binaries(const std::filesystem::path& configured, const std::filesystem::path& cluster);

}  // namespace host::database
