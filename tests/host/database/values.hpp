#pragma once

#include <cstdint>
#include <string_view>

#include <gantry/abi/base.h>

// gantry_values for the tests of this folder; texts are borrowed.
namespace tests {

inline gantry_value null() {
    return gantry_value{};
}
inline gantry_value integer(std::int64_t value, std::uint32_t type = GANTRY_VALUE_INTEGER) {
    gantry_value result{};
    result.type = type;
    result.as.integer = value;
    return result;
}
inline gantry_value real(double value) {
    gantry_value result{};
    result.type = GANTRY_VALUE_REAL;
    result.as.real = value;
    return result;
}
inline gantry_value text(std::string_view value, std::uint32_t type = GANTRY_VALUE_TEXT) {
    gantry_value result{};
    result.type = type;
    result.as.text = {value.data(), value.size()};
    return result;
}
inline gantry_value bytes(std::string_view value) {
    gantry_value result{};
    result.type = GANTRY_VALUE_BYTES;
    result.as.bytes = {value.data(), value.size()};
    return result;
}
inline std::string_view text_in(const gantry_value& value) {
    return {value.as.text.data, value.as.text.size};
}

}  // namespace tests
