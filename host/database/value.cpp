#include "host/database/value.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <limits>

#include "host/core/error.hpp"
#include "host/database/timestamp.hpp"

namespace host::database {

using core::Code;
using core::Error;

namespace {

void check_size(std::size_t size) {
    if (size <= static_cast<std::size_t>(std::numeric_limits<int>::max())) return;
    throw Error{Code::InvalidArgument, "a parameter is " + std::to_string(size) + " bytes long but must be below 2 GB"};
}

std::string bytes_of(const gantry_bytes& bytes) {
    check_size(bytes.size);
    return bytes.size == 0 ? std::string() : std::string(static_cast<const char*>(bytes.data), bytes.size);
}

std::string checked_text(const gantry_str& text) {
    check_size(text.size);
    if (text.size != 0 && std::memchr(text.data, 0, text.size) != nullptr) {
        throw Error{
            Code::InvalidArgument, "a text parameter holds a NUL byte, which PostgreSQL cannot store", {}, "SQLSTATE_22021"};
    }
    return {text.data == nullptr ? "" : text.data, text.size};
}

// The shortest text that gives the same number back; "inf" and "nan" are PostgreSQL's words too.
std::string real_text(double value) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

}  // namespace

Value::Value(const gantry_value& value) : wire_(wire_form(value)), binary_(value.type == GANTRY_VALUE_BYTES) {}

std::optional<std::string> wire_form(const gantry_value& value) {
    switch (value.type) {
        case GANTRY_VALUE_NULL:
            return std::nullopt;
        case GANTRY_VALUE_BOOL:
            return value.as.integer != 0 ? "t" : "f";
        case GANTRY_VALUE_INTEGER:
            return std::to_string(value.as.integer);
        case GANTRY_VALUE_REAL:
            return real_text(value.as.real);
        case GANTRY_VALUE_TIMESTAMP:
            return format_timestamp(value.as.integer);
        case GANTRY_VALUE_BYTES:
            return bytes_of(value.as.bytes);
        case GANTRY_VALUE_TEXT:
        case GANTRY_VALUE_JSON:
        case GANTRY_VALUE_NUMERIC:
        case GANTRY_VALUE_UUID:
        case GANTRY_VALUE_ARRAY:
            return checked_text(value.as.text);
        default:
            throw Error{Code::InvalidArgument, "a parameter has type " + std::to_string(value.type) + ", which is unknown"};
    }
}

}  // namespace host::database
