#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

namespace host::database {

enum class Roles { Auto, On, Off };

struct Settings {
    std::string url;                       // empty: a private cluster below data_directory; holds a password, never logged
    std::filesystem::path data_directory;  // the host's; the cluster lives in <data_directory>/postgresql
    std::filesystem::path binaries_directory;  // of PostgreSQL; empty: found
    std::size_t connections = 4;
    std::size_t queue_max = 1024;  // operations that wait for a connection
    std::chrono::milliseconds connect_deadline{5'000};
    std::chrono::milliseconds queue_deadline{5'000};
    std::chrono::milliseconds statement_deadline{30'000};
    std::chrono::milliseconds transaction_idle_deadline{60'000};
    std::size_t result_bytes_max = 64 * 1024 * 1024;
    Roles plugin_roles = Roles::Auto;  // a role for each plugin; auto: where the server permits it
};

}  // namespace host::database
