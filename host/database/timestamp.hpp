#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// PostgreSQL's timestamptz, DateStyle ISO, and the ABI's microseconds since 1970-01-01T00:00:00Z, where INT64_MAX and
// INT64_MIN stand for the infinities.
namespace host::database {

// "2026-02-03 04:05:06.789+00", also with another offset, BC and "-infinity". Nothing: not of this form, or further
// away than 64 bits reach (the year 294247).
std::optional<std::int64_t> parse_timestamp(std::string_view text);
std::string format_timestamp(std::int64_t microseconds);

}  // namespace host::database
