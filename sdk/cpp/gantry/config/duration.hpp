#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gantry/text.hpp>

namespace gantry {

namespace detail {

struct DurationUnit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// From the longest to the shortest.
inline constexpr std::array<DurationUnit, 7> duration_units = {{{"d", 86'400'000'000'000},
                                                                {"h", 3'600'000'000'000},
                                                                {"m", 60'000'000'000},
                                                                {"s", 1'000'000'000},
                                                                {"ms", 1'000'000},
                                                                {"us", 1'000},
                                                                {"ns", 1}}};

}  // namespace detail

// "30s", "5m", "250ms": a whole number and a unit (d h m s ms us ns); nothing for any other text.
inline std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = number<std::int64_t>(text.substr(0, digits));
    if (!count) return std::nullopt;
    for (const detail::DurationUnit& unit : detail::duration_units) {
        if (text.substr(digits) != unit.name) continue;
        std::int64_t total = 0;
        if (__builtin_mul_overflow(*count, unit.nanoseconds, &total)) return std::nullopt;
        return std::chrono::nanoseconds(total);
    }
    return std::nullopt;
}

// In the longest unit that says it exactly: "90s", "2m".
inline std::string format_duration(std::chrono::nanoseconds duration) {
    const std::int64_t total = duration.count();
    if (total == 0) return "0s";
    for (const detail::DurationUnit& unit : detail::duration_units) {
        if (total % unit.nanoseconds == 0) return std::to_string(total / unit.nanoseconds).append(unit.name);
    }
    return std::to_string(total) + "ns";
}

}  // namespace gantry
