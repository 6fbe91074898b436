#include "host/http/cors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::http {
namespace {

using testing::HasSubstr;
using testing::Not;

Request request(std::string_view method, std::vector<Field> fields) {
    Request made;
    made.method = method;
    made.fields = std::move(fields);
    return made;
}

const Field ours{"Origin", "https://app.example.org"};
const Field theirs{"Origin", "https://evil.example.org"};
const Field asks{"Access-Control-Request-Method", "PUT"};

TEST(Cors, IsSilentWithoutOrigins) {
    const CorsPolicy none{Cors{}};
    EXPECT_EQ(none.lines_for(request("GET", {ours})), "");
    EXPECT_FALSE(none.is_preflight(request("OPTIONS", {ours, asks})));
}

TEST(Cors, NamesAnAllowedOriginAndAlwaysVaries) {
    const CorsPolicy policy{Cors{.origins = {"https://app.example.org", "https://b.example.org"}}};
    const std::string lines = policy.lines_for(request("GET", {ours}));
    EXPECT_THAT(lines, HasSubstr("Access-Control-Allow-Origin: https://app.example.org\r\n"));
    EXPECT_THAT(lines, HasSubstr("Vary: Origin\r\n"));
    EXPECT_THAT(lines, HasSubstr("Access-Control-Expose-Headers: X-Request-Id"));
    EXPECT_THAT(lines, Not(HasSubstr("Credentials")));
    EXPECT_EQ(policy.lines_for(request("GET", {})), "Vary: Origin\r\n");
}

TEST(Cors, SaysNothingToOtherOriginsNorToTheirLookalikes) {
    const CorsPolicy policy{Cors{.origins = {"https://app.example.org"}}};
    for (std::string_view origin :
         {"https://evil.example.org", "https://app.example.org.evil.example.org", "null", "http://app.example.org",
          "https://app.example.org:444", "https://APP.example.org", ""}) {
        EXPECT_EQ(policy.lines_for(request("GET", {{"Origin", origin}})), "Vary: Origin\r\n") << origin;
    }
    EXPECT_EQ(policy.lines_for(request("GET", {ours, theirs})), "Vary: Origin\r\n") << "two origins are none";
}

TEST(Cors, AnswersEverybodyAlikeWithAStar) {
    const CorsPolicy policy{Cors{.origins = {"*"}}};
    const std::string lines = policy.lines_for(request("GET", {theirs}));
    EXPECT_THAT(lines, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
    EXPECT_THAT(lines, Not(HasSubstr("Vary")));
    EXPECT_EQ(policy.lines_for(request("GET", {})), "");
}

TEST(Cors, AllowsCredentialsToNamedOriginsOnly) {
    const CorsPolicy policy{Cors{.origins = {"https://app.example.org"}, .credentials = true}};
    EXPECT_THAT(policy.lines_for(request("GET", {ours})), HasSubstr("Access-Control-Allow-Credentials: true\r\n"));
    EXPECT_THAT(policy.lines_for(request("GET", {theirs})), Not(HasSubstr("Credentials")));
    EXPECT_THROW(CorsPolicy(Cors{.origins = {"*"}, .credentials = true}), core::Error);
    EXPECT_THROW(CorsPolicy(Cors{.origins = {"*", "https://app.example.org"}}), core::Error);
}

TEST(Cors, KnowsAPreflightByItsMethodOriginAndQuestion) {
    const CorsPolicy policy{Cors{.origins = {"https://app.example.org"}}};
    EXPECT_TRUE(policy.is_preflight(request("OPTIONS", {ours, asks})));
    EXPECT_FALSE(policy.is_preflight(request("GET", {ours, asks})));
    EXPECT_FALSE(policy.is_preflight(request("OPTIONS", {ours})));
    EXPECT_FALSE(policy.is_preflight(request("OPTIONS", {asks})));
    EXPECT_FALSE(policy.is_preflight(request("OPTIONS", {theirs, asks})));
}

TEST(Cors, AnswersAPreflightWithWhatTheResourceAllows) {
    const CorsPolicy policy{Cors{.origins = {"https://app.example.org"}, .max_age = std::chrono::seconds(77)}};
    const std::string lines = policy.preflight_lines_for(
        request("OPTIONS", {ours, asks, {"Access-Control-Request-Headers", "content-type, x-key"}}), "GET, HEAD, OPTIONS");
    EXPECT_THAT(lines, HasSubstr("Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(lines, HasSubstr("Access-Control-Allow-Headers: content-type, x-key\r\n"));
    EXPECT_THAT(lines, HasSubstr("Access-Control-Max-Age: 77\r\n"));
    EXPECT_THAT(lines, HasSubstr("Vary: Access-Control-Request-Method, Access-Control-Request-Headers\r\n"));
}

TEST(Cors, EchoesNoHeaderListThatIsNone) {
    const CorsPolicy policy{Cors{.origins = {"https://app.example.org"}}};
    const std::string endless(2000, 'x');
    for (std::string_view list :
         {std::string_view("a\r\nSet-Cookie: b"), std::string_view("a: b"), std::string_view(endless)}) {
        const std::string lines = policy.preflight_lines_for(
            request("OPTIONS", {ours, asks, {"Access-Control-Request-Headers", list}}), "GET, HEAD, OPTIONS");
        EXPECT_THAT(lines, Not(HasSubstr("Access-Control-Allow-Headers")));
    }
}

}  // namespace
}  // namespace host::http
