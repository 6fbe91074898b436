#include "host/database/timestamp.hpp"

#include <gtest/gtest.h>

#include <limits>

using host::database::format_timestamp;
using host::database::parse_timestamp;

TEST(Timestamp, ReadsMicrosecondsBeforeAndAfter1970) {
    EXPECT_EQ(parse_timestamp("1970-01-01 00:00:00+00"), 0);
    EXPECT_EQ(parse_timestamp("2026-02-03 04:05:06.789+00"), 1'770'091'506'789'000);
    EXPECT_EQ(parse_timestamp("1969-12-31 23:59:59.999999+00"), -1);
    EXPECT_EQ(parse_timestamp("1970-01-01 05:30:00.000001+05:30"), 1);
    EXPECT_EQ(parse_timestamp("1969-12-31 14:00:00-10"), 0);
}

TEST(Timestamp, KnowsInfinityAndYearsBeforeChrist) {
    EXPECT_EQ(parse_timestamp("infinity"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_timestamp("-infinity"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(parse_timestamp("0001-12-31 00:00:00+00 BC"), -62'135'683'200'000'000);
    EXPECT_EQ(format_timestamp(-62'135'683'200'000'000), "0001-12-31 00:00:00.000000+00 BC");
}

TEST(Timestamp, RefusesWhatIsNotIsoOrTooFarAway) {
    for (const char* text :
         {"", "2026-02-03", "Tue Feb 03 04:05:06 2026 UTC", "2026-02-03 04:05:06", "2026-02-03 04:05:06+00x",
          "-5-02-03 04:05:06+00", "294276-12-31 23:59:59+00x", "999999-01-01 00:00:00+00"}) {
        EXPECT_FALSE(parse_timestamp(text)) << text;
    }
}

TEST(Timestamp, ReadsBackWhatItWrites) {
    for (std::int64_t day = -1'500'000; day < 3'000'000; day += 997) {
        const std::int64_t moment = day * 86'400'000'000 + day * 31 % 86'400'000'000;
        ASSERT_EQ(parse_timestamp(format_timestamp(moment)), moment) << format_timestamp(moment);
    }
}
