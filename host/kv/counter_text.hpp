#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A counter is kept as the decimal number it is, so that get() reads it too, in every store alike.
namespace host::kv {

// Nothing for what is not written as to_string() writes it.
inline std::optional<std::int64_t> counter_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = failure == std::errc() && end == text.data() + text.size();
    return whole && std::to_string(number) == text ? std::optional(number) : std::nullopt;
}

inline constexpr const char* no_counter = "the value is no counter";
inline constexpr const char* counter_overflow = "the counter would leave the range of 64 bits";

}  // namespace host::kv
