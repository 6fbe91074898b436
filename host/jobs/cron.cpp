#include "host/jobs/cron.hpp"

#include <date/tz.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "host/core/error.hpp"
#include "host/jobs/cron_field.hpp"

namespace host::jobs {

using core::Code;
using core::Error;

namespace {

constexpr std::size_t expression_bytes_max = 256;
constexpr int years_ahead = 10;  // 29 February is at most eight years away

const CronField minute_field{"minute", 0, 59, {}};
const CronField hour_field{"hour", 0, 23, {}};
const CronField day_field{"day", 1, 31, {}};
const CronField month_field{
    "month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}};
// 7 is one Sunday more.
const CronField weekday_field{"weekday", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}};

std::string_view spelled_out(std::string_view expression) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
        {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"}};
    for (const auto& [name, meaning] : names) {
        if (expression == name) return meaning;
    }
    return expression;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

template <std::size_t N>
void set_all(std::bitset<N>& set, const std::vector<int>& values) {
    for (const int value : values)
        set.set(static_cast<std::size_t>(value));
}

// The library reads the system's zone files once; a zone lives as long as the process.
const date::time_zone& zone_named(const std::string& name) {
    try {
        return *date::locate_zone(name);
    } catch (const std::exception&) {
        throw Error{Code::InvalidArgument, "the time zone is \"" + name + "\" but must be one of the IANA database's"};
    }
}

// The moments at which a clock on the wall of that zone shows this.
struct Shown {
    Moment first;
    std::optional<Moment> second;  // where it shows it twice
    bool skipped = false;          // it never does: `first` is the moment of the change
};

Shown moments_of(const date::time_zone& zone, date::local_seconds local) {
    const date::local_info info = zone.get_info(local);
    const Moment first{local.time_since_epoch() - info.first.offset};
    switch (info.result) {
        case date::local_info::nonexistent:
            return {info.first.end, {}, true};
        case date::local_info::ambiguous:
            return {first, Moment{local.time_since_epoch() - info.second.offset}, false};
        default:
            return {first, {}, false};
    }
}

}  // namespace

struct Cron::Day {
    date::year_month_day date;
    unsigned weekday;
};

Cron::Cron(std::string_view expression, const std::string& time_zone) : zone_(time_zone) {
    if (expression.size() > expression_bytes_max) {
        throw Error{Code::InvalidArgument,
                    "cron: the expression is longer than " + std::to_string(expression_bytes_max) + " characters"};
    }
    zone_named(zone_);
    const auto fields = words_of(spelled_out(expression));
    if (fields.size() != 5) {
        throw Error{Code::InvalidArgument, "cron: \"" + std::string(expression) + "\" has " + std::to_string(fields.size()) +
                                               " fields but must have five: minute hour day month weekday"};
    }
    set_all(minutes_, read_cron_field(minute_field, fields[0]));
    set_all(hours_, read_cron_field(hour_field, fields[1]));
    set_all(days_, read_cron_field(day_field, fields[2]));
    set_all(months_, read_cron_field(month_field, fields[3]));
    for (const int weekday : read_cron_field(weekday_field, fields[4]))
        weekdays_.set(static_cast<std::size_t>(weekday % 7));
    every_hour_ = fields[1].starts_with('*');
    any_day_ = fields[2].starts_with('*');
    any_weekday_ = fields[4].starts_with('*');
    if (!next(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()))) {
        throw Error{Code::InvalidArgument, "cron: \"" + std::string(expression) + "\" is never due"};
    }
}

bool Cron::includes(const Day& day) const {
    if (!months_.test(static_cast<unsigned>(day.date.month()))) return false;
    const bool by_day = days_.test(static_cast<unsigned>(day.date.day()));
    const bool by_weekday = weekdays_.test(day.weekday);
    // A field that begins with a star restricts nothing by itself, but its step does.
    if (any_day_ || any_weekday_) return by_day && by_weekday;
    return by_day || by_weekday;
}

std::optional<Moment> Cron::next(Moment moment) const {
    const date::time_zone& zone = zone_named(zone_);
    const auto local = zone.to_local(moment);
    // The clock may have been set back: the day before has to be looked at, too.
    auto day = date::floor<date::days>(local) - date::days(1);
    const auto last = day + date::days(366 * years_ahead);
    for (; day <= last; day += date::days(1)) {
        if (!includes({date::year_month_day(day), date::weekday(day).c_encoding()})) continue;
        std::optional<Moment> best;
        const auto offer = [&](Moment candidate) {
            if (candidate > moment && (!best || candidate < *best)) best = candidate;
        };
        for (unsigned hour = 0; hour < 24; ++hour) {
            if (!hours_.test(hour)) continue;
            for (unsigned minute = 0; minute < 60; ++minute) {
                if (!minutes_.test(minute)) continue;
                const Shown shown = moments_of(zone, day + std::chrono::hours(hour) + std::chrono::minutes(minute));
                if (shown.skipped && every_hour_) continue;
                offer(shown.first);
                if (shown.second && every_hour_) offer(*shown.second);
            }
        }
        if (best) return best;
    }
    return std::nullopt;
}

}  // namespace host::jobs
