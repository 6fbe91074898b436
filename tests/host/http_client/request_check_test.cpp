#include "host/http_client/request_check.hpp"

#include <gtest/gtest.h>

namespace host::http_client {
namespace {

bool accepted(const std::string& method, const std::vector<Header>& headers) {
    Call call;
    call.method = method;
    call.headers = headers;
    try {
        check_request(call);
        return true;
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::Code::InvalidArgument);
        return false;
    }
}

TEST(RequestCheck, RefusesWhatWouldBeginAnotherHeader) {
    EXPECT_TRUE(accepted("GET", {{"x-key", "a\tb c"}}));
    EXPECT_FALSE(accepted("GET", {{"x-key", "a\r\nhost: b"}}));
    EXPECT_FALSE(accepted("GET", {{"x-key", "a\nb"}}));
    EXPECT_FALSE(accepted("GET", {{"x-key", std::string("a\0b", 3)}}));
    EXPECT_FALSE(accepted("GET", {{"x key", "a"}}));
    EXPECT_FALSE(accepted("GET", {{"x:key", "a"}}));
    EXPECT_FALSE(accepted("GET", {{"", "a"}}));
    EXPECT_FALSE(accepted("GET / HTTP/1.1\r\nx:", {}));
    EXPECT_FALSE(accepted("", {}));
}

TEST(RequestCheck, KeepsFramingAndRoutingToTheHost) {
    for (const char* name :
         {"Host", "Content-Length", "transfer-encoding", "Connection", "Upgrade", "Proxy-Authorization", "TE"})
        EXPECT_FALSE(accepted("GET", {{name, "x"}})) << name;
    EXPECT_FALSE(accepted("CONNECT", {}));
    EXPECT_FALSE(accepted("TRACE", {}));
}

TEST(RequestCheck, LimitsHeaders) {
    EXPECT_TRUE(accepted("GET", std::vector<Header>(100, {"x", "y"})));
    EXPECT_FALSE(accepted("GET", std::vector<Header>(101, {"x", "y"})));
    EXPECT_FALSE(accepted("GET", {{"x", std::string(64 * 1024, 'y')}}));
}

TEST(RequestCheck, LetsNoKeyCrossOrigins) {
    EXPECT_TRUE(crosses_origins("Accept"));
    for (const char* name : {"Authorization", "Cookie", "X-Api-Key", "anthropic-api-key"})
        EXPECT_FALSE(crosses_origins(name)) << name;
}

}  // namespace
}  // namespace host::http_client
