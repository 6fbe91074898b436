#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace host::core {

using Monotonic = std::chrono::steady_clock;

// Nanoseconds on the monotonic clock: the clock of every deadline, inside and across the border.
std::uint64_t mono_ns();
// Microseconds since 1970-01-01T00:00:00Z.
std::int64_t wall_us();
std::int64_t to_wall_us(std::chrono::system_clock::time_point time);
// "2026-02-03T04:05:06.789Z" (RFC 3339, UTC, milliseconds).
std::string rfc3339(std::int64_t wall_us);

}  // namespace host::core
