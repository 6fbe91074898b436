#include "host/database/connection_url.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "host/database/connection.hpp"
#include "host/database/session_url.hpp"

using namespace host::database;

TEST(ConnectionUrl, SurvivesCharactersOfEveryKind) {
    const std::map<std::string, std::string> wanted{{"host", "/tmp/a b&c"}, {"user", "ö'=?"}, {"password", "p@ss/%20 \\"}};
    const auto read = parse_url(make_url(wanted));
    for (const auto& [name, value] : wanted)
        EXPECT_EQ(read.at(name), value);
}

TEST(ConnectionUrl, ReadsBothFormsOfLibpq) {
    EXPECT_EQ(parse_url("postgresql://app@db.example:6432/shop").at("port"), "6432");
    EXPECT_EQ(parse_url("host=db.example dbname=shop password='a b'").at("password"), "a b");
}

TEST(ConnectionUrl, DoesNotRepeatAPasswordWhenItIsWrong) {
    try {
        parse_url("postgresql://app:hunter2@[::1/shop");
        FAIL();
    } catch (const host::core::Error& error) {
        EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos);
        EXPECT_EQ(error.where(), "database.url");
    }
}

TEST(ConnectionUrl, KeepsTheAdministratorsOptionsBeforeTheHosts) {
    const SessionLimits limits{std::chrono::seconds(5), std::chrono::seconds(30), std::chrono::seconds(60)};
    const auto read =
        parse_url(session_url("postgresql://h/d?options=-c%20TimeZone%3DAsia/Tokyo&application_name=mine", limits));
    EXPECT_EQ(read.at("application_name"), "mine");
    EXPECT_EQ(read.at("options").find("-c TimeZone=Asia/Tokyo -c TimeZone=UTC"), 0U);
    EXPECT_NE(read.at("options").find("statement_timeout=30000"), std::string::npos);
}

TEST(Quoting, DoublesTheQuotes) {
    EXPECT_EQ(quote_name("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(quote_text("a'b"), "'a''b'");
}
