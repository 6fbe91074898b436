#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace host::http_client {

struct Settings {
    std::string proxy = {};              // http://[user:password@]host:port; empty: none, whatever the environment says
    std::filesystem::path ca_file = {};  // PEM; empty: the system's
    std::size_t connections_max = 512;
    std::size_t connections_per_host_max = 64;
    std::size_t calls_max = 1024;  // under way at once, for each plugin instance; above it Busy
    std::chrono::milliseconds connect_deadline{10'000};
    std::chrono::milliseconds call_deadline{30'000};
    std::chrono::milliseconds idle_deadline{30'000};
    std::size_t head_bytes_max = 64 * 1024;  // of an answer
    // "name:port:address", as CURLOPT_RESOLVE has it: what tests say instead of the DNS. No administrator sets it.
    std::vector<std::string> resolve = {};
};

}  // namespace host::http_client
