#include "host/log/logger.hpp"

#include <gtest/gtest.h>

#include <gantry/json.hpp>

#include "host/log/redact.hpp"

namespace host::log {
namespace {

TEST(Logger, WritesOneJsonObjectALineWhateverTheTextHolds) {
    std::string lines;
    Logger logger(open_memory({}, lines), "notes");
    logger.info("a \"quoted\"\nline {} with \xff and \x01", {{"route", "/notes/{id}"}, {"status", 200}, {"ok", true}});

    ASSERT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
    const gantry::Json line = gantry::Json::parse(lines);
    EXPECT_EQ(line.find("logger")->as_string(), "notes");
    EXPECT_EQ(line.find("level")->as_string(), "info");
    EXPECT_EQ(line.find("message")->as_string(), "a \"quoted\"\nline {} with \xef\xbf\xbd and \x01");
    EXPECT_EQ(line.find("status")->as_integer(), 200);
    EXPECT_TRUE(line.find("ok")->as_bool());
}

TEST(Logger, KeepsALevelOfItsOwnForAnOwner) {
    std::string lines;
    Settings settings;
    settings.levels["notes"] = Level::Debug;
    const auto sink = open_memory(settings, lines);
    Logger(sink, "notes").debug("seen");
    Logger(sink, "hello").debug("unseen");
    EXPECT_NE(lines.find("\"seen\""), std::string::npos);
    EXPECT_EQ(lines.find("unseen"), std::string::npos);
}

TEST(Logger, TextFormatKeepsAnEventOnOneLine) {
    std::string lines;
    Settings settings;
    settings.format = Format::Text;
    Logger(open_memory(settings, lines), "http").warn("two\nlines", {{"peer", "a\nb"}});
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
    EXPECT_NE(lines.find("warn  http: two lines peer=\"a\\nb\""), std::string::npos) << lines;
}

TEST(Redact, HidesPasswordsOfUrlsAndCredentials) {
    EXPECT_EQ(redact("postgresql://app:p@ss@db/x?y"), "postgresql://app:***@db/x?y");
    EXPECT_EQ(redact("https://example.org:8080/a@b"), "https://example.org:8080/a@b");
    EXPECT_EQ(redact("Authorization: Bearer abcdefghijk"), "Authorization: Bearer ***");
    EXPECT_EQ(redact("the bearer of this"), "the bearer of this");
}

TEST(Redact, HidesFieldsBySecretName) {
    std::string lines;
    Logger(open_memory({}, lines), "x").info("m", {{"api_key", "k-123"}, {"Set-Cookie", "sid=1"}, {"path", "/ok"}});
    EXPECT_EQ(lines.find("k-123"), std::string::npos);
    EXPECT_EQ(lines.find("sid=1"), std::string::npos);
    EXPECT_NE(lines.find("/ok"), std::string::npos);
}

}  // namespace
}  // namespace host::log
