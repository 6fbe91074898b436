#include "host/jobs/cron.hpp"

#include <gtest/gtest.h>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"

using namespace host::jobs;
using namespace std::chrono_literals;
using host::core::Error;

namespace {

// "2026-03-29T00:30:00Z" and the like.
Moment at(const std::string& text) {
    std::tm parts{};
    strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return Moment{std::chrono::seconds(timegm(&parts))};
}

std::string text_of(std::optional<Moment> moment) {
    if (!moment) return "never";
    return host::core::rfc3339(moment->time_since_epoch().count() * 1'000'000).substr(0, 16) + "Z";
}

std::string next(const std::string& expression, const std::string& after, const std::string& zone = "UTC") {
    return text_of(Cron(expression, zone).next(at(after)));
}

}  // namespace

TEST(Cron, FindsTheNextTime) {
    EXPECT_EQ(next("* * * * *", "2026-01-01T00:00:00Z"), "2026-01-01T00:01Z");
    EXPECT_EQ(next("* * * * *", "2026-01-01T00:00:59Z"), "2026-01-01T00:01Z");
    EXPECT_EQ(next("30 2 * * *", "2026-01-01T02:30:00Z"), "2026-01-02T02:30Z") << "after means after";
    EXPECT_EQ(next("*/20 9-17 * * mon-fri", "2026-01-02T17:41:00Z"), "2026-01-05T09:00Z");
    EXPECT_EQ(next("0 0 1 jan,jul *", "2026-02-01T00:00:00Z"), "2026-07-01T00:00Z");
    EXPECT_EQ(next("5,10 4/6 * * *", "2026-01-01T05:00:00Z"), "2026-01-01T10:05Z");
    EXPECT_EQ(next("0 0 29 2 *", "2096-02-29T00:00:00Z"), "2104-02-29T00:00Z") << "2100 is no leap year";
    EXPECT_EQ(next("@weekly", "2026-01-01T00:00:00Z"), "2026-01-04T00:00Z");
    EXPECT_EQ(next("0 0 * * 7", "2026-01-01T00:00:00Z"), "2026-01-04T00:00Z") << "7 is Sunday";
}

TEST(Cron, TakesEitherDayWhenBothAreRestricted) {
    EXPECT_EQ(next("0 0 13 * fri", "2026-01-01T00:00:00Z"), "2026-01-02T00:00Z");
    EXPECT_EQ(next("0 0 13 * fri", "2026-01-09T00:00:00Z"), "2026-01-13T00:00Z");
    EXPECT_EQ(next("0 0 */2 * fri", "2026-01-01T00:00:00Z"), "2026-01-09T00:00Z") << "a star restricts nothing by itself";
}

TEST(Cron, FollowsTheClockOnTheWall) {
    EXPECT_EQ(next("0 9 * * *", "2026-01-15T12:00:00Z", "Europe/Berlin"), "2026-01-16T08:00Z");
    EXPECT_EQ(next("0 9 * * *", "2026-07-15T12:00:00Z", "Europe/Berlin"), "2026-07-16T07:00Z");
    EXPECT_EQ(next("0 0 * * *", "2026-07-15T12:00:00Z", "Pacific/Auckland"), "2026-07-16T12:00Z");
}

TEST(Cron, RunsASkippedTimeWhenTheClockChanges) {
    // 02:30 does not exist on 29 March 2026 in Berlin: at 01:00 UTC the clock goes from 02:00 to 03:00.
    EXPECT_EQ(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin"), "2026-03-29T01:00Z");
    EXPECT_EQ(next("30 2 * * *", "2026-03-29T01:00:00Z", "Europe/Berlin"), "2026-03-30T00:30Z");
    EXPECT_EQ(next("30 * * * *", "2026-03-29T00:30:00Z", "Europe/Berlin"), "2026-03-29T01:30Z") << "hourly goes on";
}

TEST(Cron, RunsARepeatedTimeOnceUnlessItIsHourly) {
    // 02:30 comes twice on 25 October 2026 in Berlin: at 00:30 and at 01:30 UTC.
    EXPECT_EQ(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30Z");
    EXPECT_EQ(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-26T01:30Z");
    EXPECT_EQ(next("30 * * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-25T01:30Z");
    EXPECT_EQ(next("*/15 */1 * * *", "2026-10-25T00:45:00Z", "Europe/Berlin"), "2026-10-25T01:00Z");
}

TEST(Cron, RefusesWhatIsWrongOrNeverDue) {
    for (const char* wrong :
         {"", "* * * *", "* * * * * *", "60 * * * *", "-1 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
          "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *", "1-2-3 * * * *", "a * * * *", "* * * foo *", "@never", "0 0 31 2 *"})
        EXPECT_THROW(Cron(wrong, "UTC"), Error) << wrong;
    EXPECT_THROW(Cron(std::string(10'000, '*'), "UTC"), Error);
    for (const char* zone : {"", "Mars/Base", "../../etc/passwd", "/etc/localtime"})
        EXPECT_THROW(Cron("* * * * *", zone), Error) << zone;
}
