#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace host::jobs {

using Moment = std::chrono::sys_seconds;

// When a five-field cron expression ("30 2 * * mon-fri", also "@daily") is due, in an IANA time zone.
//
// minute 0-59, hour 0-23, day 1-31, month 1-12 or jan-dec, weekday 0-7 or sun-sat (0 and 7 are Sunday); lists, ranges and
// steps. If day and weekday are both restricted, either will do, as in every cron. Where clocks change: a time that the
// day skips is due at the moment of the change, a time that comes twice is due the first time; but what is due in every
// hour ("*" or "*/n" in the hour field) follows the hours that really pass.
class Cron {
  public:
    // Throws InvalidArgument for an expression that is wrong or is never due, and for a zone that does not exist.
    Cron(std::string_view expression, const std::string& time_zone);

    // The first time it is due after `moment`; nothing in the ten years after it.
    std::optional<Moment> next(Moment moment) const;

  private:
    struct Day;
    bool includes(const Day& day) const;

    std::string zone_;
    std::bitset<60> minutes_;
    std::bitset<24> hours_;
    std::bitset<32> days_;
    std::bitset<13> months_;
    std::bitset<7> weekdays_;
    bool every_hour_ = false;
    bool any_day_ = false;
    bool any_weekday_ = false;
};

}  // namespace host::jobs
