#include "host/http/percent.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

TEST(PercentDecode, TurnsTwoDigitsIntoOneByteOnce) {
    EXPECT_EQ(percent_decode("a%20b%2Fc%2fd"), "a b/c/d");
    EXPECT_EQ(percent_decode("%2520"), "%20") << "what was encoded twice is decoded once";
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode("%00"), std::string("\0", 1));
    EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecode, RefusesAPercentSignWithoutTwoDigits) {
    for (const char* text : {"%", "a%2", "%g0", "%0g", "%%20", "% 20", "%-1"})
        EXPECT_FALSE(percent_decode(text)) << text;
}

}  // namespace
}  // namespace host::http
