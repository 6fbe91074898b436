#include "host/http/http_date.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

TEST(HttpDate, IsWrittenInTheOneForm) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(HttpDate, IsReadInAllThreeForms) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), 784111777);
}

TEST(HttpDate, IsNotMadeOfAnythingElse) {
    for (const char* text :
         {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT",
          "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun Nov"}) {
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
    }
}

TEST(HttpDate, ReadsWhatItWrites) {
    for (const std::time_t seconds : {0L, 951782400L, 1709210096L, 4102444799L}) {
        EXPECT_EQ(parse_http_date(http_date(seconds)), seconds);
    }
}

}  // namespace
}  // namespace host::http
