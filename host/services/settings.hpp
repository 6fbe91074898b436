#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace host::services {

struct Settings {
    std::chrono::milliseconds deadline{30'000};       // of a call, where the caller does not say
    std::chrono::milliseconds deadline_max{300'000};  // whatever the caller says
    std::size_t payload_bytes_max = 1024 * 1024;      // of an argument, and of an answer
    std::size_t calls_max = 1'000;                    // open at once of one plugin
    std::uint32_t depth_max = 8;                      // calls made on behalf of calls
};

}  // namespace host::services
