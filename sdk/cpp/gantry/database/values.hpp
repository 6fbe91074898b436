#pragma once

// The types of PostgreSQL that C++ has no word for. They travel as parameters and come back from cells.
//
// Those that own text have constructors on purpose: gcc 12 moves aggregates that stand in a co_await expression as if
// they were plain bytes.

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace gantry {

// bytea. Kept apart from text, which must be UTF-8.
struct Bytes {
    explicit Bytes(std::string the_data) : data(std::move(the_data)) {}
    std::string data;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};

// numeric, with all its digits: "12.50".
struct Numeric {
    explicit Numeric(std::string the_text) : text(std::move(the_text)) {}
    std::string text;
    friend bool operator==(const Numeric&, const Numeric&) = default;
};

// uuid: 36 characters, lower case.
struct Uuid {
    explicit Uuid(std::string the_text) : text(std::move(the_text)) {}
    std::string text;
    friend bool operator==(const Uuid&, const Uuid&) = default;
};

// timestamptz: a moment, in microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
    std::int64_t microseconds = 0;

    // RFC 3339 in UTC, always with six digits of the second: "2001-02-03T04:05:06.000700Z".
    std::string text() const;
    friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

namespace detail {

// `value` in decimal with at least `width` digits.
inline std::string padded(std::int64_t value, std::size_t width) {
    std::string digits = std::to_string(value);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace detail

inline std::string Timestamp::text() const {
    // PostgreSQL's own ends of time.
    if (microseconds == std::numeric_limits<std::int64_t>::max()) return "infinity";
    if (microseconds == std::numeric_limits<std::int64_t>::min()) return "-infinity";
    using namespace std::chrono;
    const sys_time<std::chrono::microseconds> moment{std::chrono::microseconds(microseconds)};
    const auto day = floor<days>(moment);
    const year_month_day date(day);
    const hh_mm_ss time(moment - day);
    return detail::padded(static_cast<int>(date.year()), 4) + "-" + detail::padded(static_cast<unsigned>(date.month()), 2) +
           "-" + detail::padded(static_cast<unsigned>(date.day()), 2) + "T" + detail::padded(time.hours().count(), 2) + ":" +
           detail::padded(time.minutes().count(), 2) + ":" + detail::padded(time.seconds().count(), 2) + "." +
           detail::padded(time.subseconds().count(), 6) + "Z";
}

}  // namespace gantry
