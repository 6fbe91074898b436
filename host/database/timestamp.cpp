#include "host/database/timestamp.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>

namespace host::database {

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;
constexpr std::int64_t era_days = 146'097;  // of 400 years, after which the calendar repeats

struct Date {
    std::int64_t year;  // astronomical: 1 BC is 0
    std::int64_t month;
    std::int64_t day;
};

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

// Years are counted from March here, so that the leap day is the last of its year and needs no case of its own.
std::int64_t days_since_1970(const Date& date) {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t month = (date.month + 9) % 12;
    const std::int64_t era = floor_divide(year, 400), year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return era * era_days + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

Date date_of(std::int64_t days) {
    const std::int64_t shifted = days + 719'468, era = floor_divide(shifted, era_days),
                       day_of_era = shifted - era * era_days;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month = (5 * day_of_year + 2) / 153;
    return {era * 400 + year_of_era + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            day_of_year - (153 * month + 2) / 5 + 1};
}

// Reads from the front; one failure and everything after it fails.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::int64_t number() {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (error != std::errc{} || text_.front() == '-') return fail();
        text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
        return value;
    }
    bool skip(std::string_view expected) {
        if (text_.substr(0, expected.size()) != expected) return false;
        text_.remove_prefix(expected.size());
        return true;
    }
    void demand(std::string_view expected) {
        if (!skip(expected)) fail();
    }
    // Of a second, after the point: "789" is 789000 microseconds.
    std::int64_t fraction_us() {
        const std::size_t before = text_.size();
        std::int64_t value = number();
        for (std::size_t digits = before - text_.size(); digits < 6; ++digits)
            value *= 10;
        return value;
    }
    bool whole() const { return ok_ && text_.empty(); }

  private:
    std::int64_t fail() {
        ok_ = false;
        text_ = {};
        return 0;
    }
    std::string_view text_;
    bool ok_ = true;
};

std::int64_t read_offset_seconds(Reader& reader) {
    const bool west = reader.skip("-");
    if (!west) reader.demand("+");
    std::int64_t seconds = reader.number() * 3'600;
    if (reader.skip(":")) seconds += reader.number() * 60;
    if (reader.skip(":")) seconds += reader.number();
    return west ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
    if (text == "infinity") return std::numeric_limits<std::int64_t>::max();
    if (text == "-infinity") return std::numeric_limits<std::int64_t>::min();
    Reader reader(text);
    Date date{};
    date.year = reader.number();
    reader.demand("-");
    date.month = reader.number();
    reader.demand("-");
    date.day = reader.number();
    reader.demand(" ");
    std::int64_t seconds = reader.number() * 3'600;
    reader.demand(":");
    seconds += reader.number() * 60;
    reader.demand(":");
    seconds += reader.number();
    const std::int64_t fraction = reader.skip(".") ? reader.fraction_us() : 0;
    seconds -= read_offset_seconds(reader);
    if (reader.skip(" BC")) date.year = 1 - date.year;
    if (!reader.whole()) return std::nullopt;

    std::int64_t result = 0;
    if (__builtin_mul_overflow(days_since_1970(date), day_us, &result)) return std::nullopt;
    if (__builtin_add_overflow(result, seconds * second_us + fraction, &result)) return std::nullopt;
    return result;
}

std::string format_timestamp(std::int64_t microseconds) {
    if (microseconds == std::numeric_limits<std::int64_t>::max()) return "infinity";
    if (microseconds == std::numeric_limits<std::int64_t>::min()) return "-infinity";
    const std::int64_t days = floor_divide(microseconds, day_us), rest = microseconds - days * day_us;
    const Date date = date_of(days);
    const std::int64_t seconds = rest / second_us;
    const bool before_christ = date.year <= 0;
    std::array<char, 96> text;
    std::snprintf(text.data(), text.size(), "%04lld-%02lld-%02lld %02lld:%02lld:%02lld.%06lld+00%s",
                  static_cast<long long>(before_christ ? 1 - date.year : date.year), static_cast<long long>(date.month),
                  static_cast<long long>(date.day), static_cast<long long>(seconds / 3'600),
                  static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60),
                  static_cast<long long>(rest % second_us), before_christ ? " BC" : "");
    return text.data();
}

}  // namespace host::database
