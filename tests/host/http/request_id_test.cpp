#include "host/http/request_id.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

Request request_with(std::vector<Field> fields) {
    Request request;
    request.fields = std::move(fields);
    return request;
}

TEST(RequestId, KeepsASaneOne) {
    const std::string longest(128, 'x');
    for (std::string_view id : {std::string_view("a"), std::string_view("Az09._-"), std::string_view(longest)})
        EXPECT_EQ(request_id_of(request_with({{"x-request-id", id}})), id);
}

TEST(RequestId, IsMadeAnewForAbuse) {
    const std::string too_long(129, 'x');
    for (std::string_view id : {std::string_view(""), std::string_view("a b"), std::string_view("a\r\nSet-Cookie: b"),
                                std::string_view("a\nb"), std::string_view("a\0b", 3), std::string_view("\xc3\xa4"),
                                std::string_view("a\"b"), std::string_view("../x"), std::string_view(too_long)}) {
        const std::string made = request_id_of(request_with({{"X-Request-Id", id}}));
        EXPECT_NE(made, id);
        EXPECT_TRUE(is_sane_request_id(made));
    }
}

TEST(RequestId, IsMadeAnewWhenTwoWereSent) {
    const std::string made = request_id_of(request_with({{"X-Request-Id", "one"}, {"X-Request-ID", "two"}}));
    EXPECT_NE(made, "one");
    EXPECT_NE(made, "two");
}

TEST(RequestId, IsMadeForThoseWhoSentNone) {
    const std::string first = request_id_of(Request());
    EXPECT_EQ(first.size(), 26u);
    EXPECT_NE(first, request_id_of(Request()));
}

}  // namespace
}  // namespace host::http
