#include "host/http_client/egress.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::http_client {
namespace {

using Rules = std::vector<std::string>;

bool permits(const Rules& rules, const std::string& host, std::uint16_t port) {
    try {
        Egress("notes", rules, {}).reach(host, port);
        return true;
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::Code::Denied);
        return false;
    }
}

TEST(Egress, WithoutARulePermitsNothingAndSaysWhatToWrite) {
    try {
        Egress("notes", {}, {}).reach("api.github.com", 443);
        FAIL() << "was permitted";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::Code::Denied);
        EXPECT_EQ(error.name(), "EGRESS_DENIED");
        EXPECT_NE(std::string(error.what()).find("plugins.notes.host: egress: [\"api.github.com:443\"]"), std::string::npos)
            << error.what();
    }
    EXPECT_THROW(Egress().reach("localhost", 80), core::Error);
}

TEST(Egress, PermitsTheHostAndPortThatIsWritten) {
    EXPECT_TRUE(permits({"api.github.com"}, "api.github.com", 443)) << "without a port it is the one of https";
    EXPECT_FALSE(permits({"api.github.com"}, "api.github.com", 80));
    EXPECT_TRUE(permits({"API.GitHub.com:80"}, "api.github.com", 80));
    EXPECT_TRUE(permits({"api.github.com:*"}, "api.github.com", 8443));
    EXPECT_FALSE(permits({"api.github.com"}, "evil-api.github.com", 443));
    EXPECT_FALSE(permits({"api.github.com"}, "api.github.com.evil.org", 443));
    EXPECT_TRUE(permits({"[2001:db8::1]:80"}, "2001:db8::1", 80));
    EXPECT_TRUE(permits({"*:*"}, "anything.org", 1));
}

TEST(Egress, StarPermitsWhatIsBelowANameButNotTheName) {
    EXPECT_TRUE(permits({"*.example.org"}, "a.example.org", 443));
    EXPECT_TRUE(permits({"*.example.org"}, "a.b.example.org", 443));
    EXPECT_FALSE(permits({"*.example.org"}, "example.org", 443));
    EXPECT_FALSE(permits({"*.example.org"}, "badexample.org", 443));
    EXPECT_FALSE(permits({"*.example.org"}, ".example.org", 443));
}

TEST(Egress, ReachesPrivateAddressesOnlyByTheSecondList) {
    const Egress egress("notes", {"open.org"}, {"closed.org", "169.254.169.254:80"});
    EXPECT_EQ(egress.reach("open.org", 443), Reach::Public);
    EXPECT_EQ(egress.reach("closed.org", 443), Reach::Private);
    EXPECT_EQ(egress.reach("169.254.169.254", 80), Reach::Any);
    EXPECT_TRUE(may_connect(Reach::Public, AddressKind::Public));
    EXPECT_FALSE(may_connect(Reach::Public, AddressKind::Private));
    EXPECT_TRUE(may_connect(Reach::Private, AddressKind::Private));
    EXPECT_FALSE(may_connect(Reach::Private, AddressKind::Never)) << "a name must not lead to the metadata service";
    EXPECT_TRUE(may_connect(Reach::Any, AddressKind::Never));
}

TEST(Egress, RefusesRulesThatCouldBeMisread) {
    for (const char* text :
         {"", ":443", "https://api.github.com", "api.github.com/path", "a.org:0", "a.org:70000", "a.org:x", "*example.org",
          "a.*.org", "a b.org", "[::1", "::1", "[a.org]:443", "user@a.org", ".a.org", "a.org."})
        EXPECT_THROW(EgressRule::parse(text), core::Error) << text;
}

}  // namespace
}  // namespace host::http_client
