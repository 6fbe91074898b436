#include "host/http/byte_ranges.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

using Kind = RangeWish::Kind;
using Parts = std::vector<ByteRange>;

TEST(ByteRanges, AreResolvedAgainstTheSize) {
    EXPECT_EQ(parse_range("bytes=0-0", 10).parts, (Parts{{0, 0}}));
    EXPECT_EQ(parse_range("bytes=0-99", 10).parts, (Parts{{0, 9}}));
    EXPECT_EQ(parse_range("bytes=3-", 10).parts, (Parts{{3, 9}}));
    EXPECT_EQ(parse_range("bytes=-3", 10).parts, (Parts{{7, 9}}));
    EXPECT_EQ(parse_range(" bytes = 0-1 ,, 5-6, ", 10).parts, (Parts{{0, 1}, {5, 6}}));
    EXPECT_EQ(parse_range("bytes=20-30,1-2", 10).parts, (Parts{{1, 2}})) << "one that cannot be is left out";
}

TEST(ByteRanges, CannotBeSatisfiedWhenNoneLiesWithin) {
    for (const char* field : {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99-,50-60"}) {
        EXPECT_EQ(parse_range(field, 10).kind, Kind::Unsatisfiable) << field;
    }
    EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::Unsatisfiable);
}

TEST(ByteRanges, AreIgnoredWhenTheyAreNone) {
    for (const char* field :
         {"", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=5", "bytes=-", "bytes=5-4", "lines=1-2", "bytes=1-2-3",
          "bytes=+1-2", "bytes=--1", "bytes=99999999999999999999-", "bytes=0x1-2", "bytes=1 - 2", "bytes=0-1;2-3"}) {
        EXPECT_EQ(parse_range(field, 10).kind, Kind::Whole) << field;
    }
}

TEST(ByteRanges, AreIgnoredWhenThereAreTooManyOrTheyOverlap) {
    std::string many = "bytes=0-0";
    for (int i = 1; i < 16; ++i)
        many += "," + std::to_string(2 * i) + "-" + std::to_string(2 * i);
    EXPECT_EQ(parse_range(many, 1000).parts.size(), 16U);
    EXPECT_EQ(parse_range(many + ",500-501", 1000).kind, Kind::Whole);
    EXPECT_EQ(parse_range("bytes=0-5,5-9", 10).kind, Kind::Whole);
    EXPECT_EQ(parse_range("bytes=8-9,0-9", 10).kind, Kind::Whole);
}

}  // namespace
}  // namespace host::http
