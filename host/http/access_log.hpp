#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "host/log/logger.hpp"

namespace host::http {

// How a request ended.
enum class Ending { Complete, Cut, ClientLeft, WriteStalled, Stopping };

// What the access log says of a request, one line each. The query is left out: it may hold secrets.
struct AccessLine {
    std::string_view request_id = {};
    std::string_view peer = {};
    std::string_view method = {};
    std::string_view path = {};
    std::string_view route = {};   // the pattern; empty: none was found
    std::string_view plugin = {};  // its owner
    std::uint16_t status = 0;
    std::uint64_t bytes = 0;  // of the body, as far as it was given to the server
    std::chrono::nanoseconds duration{};
    Ending ending = Ending::Complete;
};

void write_access_line(const log::Logger& logger, const AccessLine& line);

}  // namespace host::http
