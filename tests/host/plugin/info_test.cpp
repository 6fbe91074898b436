#include "host/plugin/info.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using namespace std::string_literals;
using testing::error_of;
using ::testing::HasSubstr;

TEST(Info, ReadsRecordsInAnyOrderBetweenRunsOfNul) {
    const Info info = parse_info("\0\0version=1.2.3\0sdk=gantry-sdk-cpp 1.0.0\0\0\0id=notes\0abi=1.7\0"s);
    EXPECT_EQ(info.id, "notes");
    EXPECT_EQ(info.version, "1.2.3");
    EXPECT_EQ(info.sdk, "gantry-sdk-cpp 1.0.0");
    EXPECT_EQ(info.abi_major, 1);
    EXPECT_EQ(info.abi_minor, 7);
}

TEST(Info, KeepsTheLargestOfSeveralUses) {
    const Info info =
        parse_info("abi=1.0\0id=a\0version=1.0.0\0use=gantry.log/1:16\0use=gantry.log/1:24\0use=gantry.log/1:8"s);
    EXPECT_EQ(info.uses.at("gantry.log/1"), 24u);
}

TEST(Info, SkipsWhatALaterSdkMayWrite) {
    EXPECT_EQ(parse_info("abi=1.0\0id=a\0version=1.0.0\0colour=green"s).id, "a");
}

TEST(Info, AcceptsTheSameRecordTwiceButNoContradiction) {
    EXPECT_EQ(parse_info("abi=1.0\0id=a\0id=a\0version=1.0.0"s).id, "a");
    EXPECT_THAT(error_of([] { parse_info("abi=1.0\0id=a\0id=b\0version=1.0.0"s); }), HasSubstr("\"id=b\""));
}

TEST(Info, NamesWhatIsMissing) {
    EXPECT_THAT(error_of([] { parse_info("abi=1.0\0id=a"s); }), HasSubstr("no version="));
    EXPECT_THAT(error_of([] { parse_info(""); }), HasSubstr("no abi="));
}

TEST(Info, RefusesMalformedRecords) {
    const std::string good = "abi=1.0\0id=a\0version=1.0.0\0"s;
    for (const std::string& bad :
         {"nonsense"s, "use=gantry.log/1"s, "use=:5"s, "use=a:-1"s, "use=a:99999999999"s, "use=a:5x"s})
        EXPECT_THAT(error_of([&] { parse_info(good + bad); }), HasSubstr('"' + bad + '"')) << bad;
    for (const std::string& bad : {"1"s, "1."s, ".1"s, "1.0.0"s, "-1.0"s, "70000.0"s})
        EXPECT_NE(error_of([&] { parse_info("id=a\0version=1.0.0\0abi="s + bad); }), "") << bad;
}

TEST(Info, ShowsForeignBytesInATameForm) {
    EXPECT_THAT(error_of([] { parse_info("\x1b[31mred\n"); }), HasSubstr("\"?[31mred?\""));
}

TEST(Info, KnowsWhatAnIdIs) {
    for (const char* good : {"a", "notes", "mcp_github2", "abcdefghijklmnopqrstuvwxyz01234"})
        EXPECT_TRUE(is_plugin_id(good)) << good;
    for (const char* bad : {"", "1a", "_a", "A", "a-b", "a.b", "../a", "abcdefghijklmnopqrstuvwxyz012345"})
        EXPECT_FALSE(is_plugin_id(bad)) << bad;
}

TEST(Info, KnowsWhatASemanticVersionIs) {
    for (const char* good : {"0.0.0", "1.4.2", "10.20.30", "1.0.0-rc.1", "1.0.0-alpha-1+build.007", "1.0.0+x"})
        EXPECT_TRUE(is_semantic_version(good)) << good;
    for (const char* bad :
         {"", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0+", "1.0.0-01", "v1.0.0", "1..0", "1.0.a", " 1.0.0"})
        EXPECT_FALSE(is_semantic_version(bad)) << bad;
    EXPECT_FALSE(is_semantic_version("1.0.0-" + std::string(100, 'a')));
}

}  // namespace
}  // namespace host::plugin
