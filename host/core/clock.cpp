#include "host/core/clock.hpp"

#include <cstdio>
#include <ctime>

namespace host::core {

std::uint64_t mono_ns() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Monotonic::now().time_since_epoch()).count());
}

std::int64_t wall_us() {
    return to_wall_us(std::chrono::system_clock::now());
}

std::int64_t to_wall_us(std::chrono::system_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

std::string rfc3339(std::int64_t wall_us) {
    // Floor division: a time before 1970 must not round towards it.
    std::int64_t seconds = wall_us / 1'000'000 - (wall_us % 1'000'000 < 0 ? 1 : 0);
    const auto milliseconds = static_cast<int>((wall_us - seconds * 1'000'000) / 1000);
    const std::time_t time = seconds;
    std::tm utc{};
    gmtime_r(&time, &utc);
    char text[64];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text + size, sizeof text - size, ".%03dZ", milliseconds);
    return text;
}

}  // namespace host::core
