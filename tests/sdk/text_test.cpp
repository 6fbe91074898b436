#include <gtest/gtest.h>
#include <gantry/text.hpp>

namespace {

TEST(Number, IsTheWholeText) {
    EXPECT_EQ(gantry::number<int>("42"), 42);
    EXPECT_EQ(gantry::number<int>("-42"), -42);
    for (const char* text : {"", " 1", "1 ", "+1", "1x", "0x1", "2147483648"}) {
        EXPECT_EQ(gantry::number<int>(text), std::nullopt) << text;
    }
}

TEST(FormDecoding, TakesPlusAndPercent) {
    EXPECT_EQ(gantry::form_decode("a+b%20c%2Bd"), "a b c+d");
    EXPECT_EQ(gantry::form_decode("%41"), "A");
    for (const char* text : {"%", "%4", "a%", "%zz", "%4g"})
        EXPECT_EQ(gantry::form_decode(text), std::nullopt) << text;
}

TEST(Utf8, IsWhatRfc3629Allows) {
    for (const char* text : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
        EXPECT_TRUE(gantry::is_utf8(text)) << text;
    }
    for (const char* text : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                             "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82"}) {
        EXPECT_FALSE(gantry::is_utf8(text));
    }
}

TEST(HeaderNames, CompareWithoutCase) {
    EXPECT_TRUE(gantry::equal_ignoring_case("If-Match", "if-match"));
    EXPECT_FALSE(gantry::equal_ignoring_case("If-Match", "if-matc"));
}

}  // namespace
