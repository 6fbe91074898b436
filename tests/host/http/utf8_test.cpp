#include "host/http/utf8.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

TEST(Utf8, TakesTheFirstAndTheLastCharacterOfEachLength) {
    for (const char* text : {"\x01", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
        EXPECT_EQ(utf8_size_at(text, 0), std::string_view(text).size());
    }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsCutShort) {
    for (const char* text :
         {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xe2\x28\xa1"}) {
        EXPECT_FALSE(is_utf8(text));
        EXPECT_EQ(utf8_size_at(text, 0), 0u);
    }
}

}  // namespace
}  // namespace host::http
