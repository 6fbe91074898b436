#include "host/limits/caller.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::limits {
namespace {

std::string origin(const std::string& peer, const std::vector<std::string>& forwarded,
                   const std::vector<std::string>& trusted = {}) {
    http::Request request;
    request.peer = peer;
    for (const std::string& value : forwarded)
        request.fields.push_back({"x-forwarded-for", value});
    return origin_of(request, TrustedProxies(trusted));
}

TEST(Caller, IsTheAddressOfTheConnectionWithoutItsPort) {
    EXPECT_EQ(origin("192.0.2.7:50086", {}), "192.0.2.7");
    EXPECT_EQ(origin("[::ffff:192.0.2.7]:50086", {}), "192.0.2.7") << "one client, whichever socket took it";
    EXPECT_EQ(origin("unix", {}), "unix");
}

TEST(Caller, OfIPv6IsTheNetworkThatOneClientHas) {
    EXPECT_EQ(origin("[2001:db8:1:2:3:4:5:6]:443", {}), "2001:db8:1:2::/64");
    EXPECT_EQ(origin("[2001:db8:1:2:ffff::1]:443", {}), "2001:db8:1:2::/64");
}

TEST(Caller, IsNotWhoeverSomebodyClaimsToBe) {
    EXPECT_EQ(origin("192.0.2.7:1", {"198.51.100.1"}), "192.0.2.7");
    EXPECT_EQ(origin("192.0.2.7:1", {"198.51.100.1"}, {"192.0.2.8"}), "192.0.2.7");
}

TEST(Caller, IsWhoTheLastUntrustedHopGave) {
    const std::vector<std::string> trusted = {"10.0.0.0/8", "192.0.2.7"};
    EXPECT_EQ(origin("192.0.2.7:1", {"198.51.100.1"}, trusted), "198.51.100.1");
    EXPECT_EQ(origin("192.0.2.7:1", {"203.0.113.9, 198.51.100.1, 10.1.2.3"}, trusted), "198.51.100.1");
    EXPECT_EQ(origin("192.0.2.7:1", {"203.0.113.9", "198.51.100.1:99", "10.1.2.3"}, trusted), "198.51.100.1")
        << "several fields are one list";
    EXPECT_EQ(origin("192.0.2.7:1", {"10.1.1.1, 10.1.2.3"}, trusted), "10.1.1.1") << "all are trusted: the first";
    EXPECT_EQ(origin("192.0.2.7:1", {"198.51.100.1, unknown, 10.1.2.3"}, trusted), "10.1.2.3")
        << "nothing is believed that stands before what is no address";
    EXPECT_EQ(origin("192.0.2.7:1", {}, trusted), "192.0.2.7");
}

TEST(Caller, BehindASocketIsTrustedByName) {
    EXPECT_EQ(origin("unix", {"198.51.100.1"}), "unix");
    EXPECT_EQ(origin("unix", {"198.51.100.1"}, {"unix"}), "198.51.100.1");
}

TEST(TrustedProxies, AreComparedBitByBit) {
    const TrustedProxies proxies({"10.1.2.0/23", "2001:db8::/33"});
    EXPECT_TRUE(proxies.trusts("10.1.3.255:1"));
    EXPECT_FALSE(proxies.trusts("10.1.4.0:1"));
    EXPECT_TRUE(proxies.trusts("[2001:db8:7fff::1]:1"));
    EXPECT_FALSE(proxies.trusts("[2001:db8:8000::1]:1"));
}

TEST(TrustedProxies, ThatAreNoneAreRefused) {
    for (const char* wrong : {"", "proxy", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "::1/129"})
        EXPECT_THROW(TrustedProxies({wrong}), core::Error) << wrong;
}

}  // namespace
}  // namespace host::limits
