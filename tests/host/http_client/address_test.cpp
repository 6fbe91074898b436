#include "host/http_client/address.hpp"

#include <gtest/gtest.h>

namespace host::http_client {
namespace {

TEST(Address, OfTheInternetIsPublic) {
    for (const char* text : {"8.8.8.8", "140.82.121.4", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
                             "192.167.255.255", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::200e"})
        EXPECT_EQ(kind_of_literal(text), AddressKind::Public) << text;
}

TEST(Address, OfOurOwnNetworksIsPrivate) {
    for (const char* text :
         {"127.0.0.1", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
          "100.64.0.1", "100.127.255.255", "198.18.0.1", "::1", "fc00::1", "fdff::1", "fec0::1"})
        EXPECT_EQ(kind_of_literal(text), AddressKind::Private) << text;
}

TEST(Address, ThatNoNameShouldPointToIsNeverPermittedByName) {
    for (const char* text :
         {"169.254.169.254", "169.254.0.1", "0.0.0.0",      "0.1.2.3",     "224.0.0.1",     "239.1.1.1",       "240.0.0.1",
          "255.255.255.255", "192.0.2.1",   "198.51.100.1", "203.0.113.1", "192.0.0.192",   "100.100.100.200", "::",
          "fe80::1",         "ff02::1",     "2001:db8::1",  "2001::1",     "fd00:ec2::254", "64:ff9b:1::1",    "100::1",
          "::7f00:1"})
        EXPECT_EQ(kind_of_literal(text), AddressKind::Never) << text;
}

TEST(Address, OfIpv4WithinIpv6IsJudgedByWhatItLeadsTo) {
    EXPECT_EQ(kind_of_literal("::ffff:127.0.0.1"), AddressKind::Private);
    EXPECT_EQ(kind_of_literal("::ffff:169.254.169.254"), AddressKind::Never);
    EXPECT_EQ(kind_of_literal("::ffff:8.8.8.8"), AddressKind::Public);
    EXPECT_EQ(kind_of_literal("64:ff9b::10.0.0.1"), AddressKind::Private);
    EXPECT_EQ(kind_of_literal("64:ff9b::169.254.169.254"), AddressKind::Never);
    EXPECT_EQ(kind_of_literal("2002:7f00:1::"), AddressKind::Private);
    EXPECT_EQ(kind_of_literal("2002:a9fe:a9fe::"), AddressKind::Never);
}

TEST(Address, ThatIsNoneIsNever) {
    for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", "12::34::56"})
        EXPECT_EQ(kind_of_literal(text), AddressKind::Never) << text;
}

}  // namespace
}  // namespace host::http_client
