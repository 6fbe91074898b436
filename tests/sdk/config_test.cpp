#include <gtest/gtest.h>
#include <gantry/config/schema.hpp>

namespace {

using gantry::Json;

struct Upstream {
    std::string url;
    int weight = 1;

    static void schema(gantry::Schema<Upstream>& s) {
        s.field("url", &Upstream::url, "Where it listens").required();
        s.field("weight", &Upstream::weight, "Share of the requests").range(1, 100);
    }
};

struct Settings {
    std::string mode = "fast";
    std::string token;
    bool enabled = true;
    std::int64_t page = 50;
    double ratio = 0.5;
    std::chrono::milliseconds patience{1500};
    std::vector<std::string> names = {"a"};
    std::optional<std::uint16_t> port;
    Upstream main;
    std::vector<Upstream> others;

    static void schema(gantry::Schema<Settings>& s) {
        s.field("mode", &Settings::mode, "How").one_of({"fast", "safe"});
        s.field("token", &Settings::token, "Password").secret().length(0, 100);
        s.field("enabled", &Settings::enabled, "Whether");
        s.field("page", &Settings::page, "Rows").range(1, 1000);
        s.field("ratio", &Settings::ratio, "Part").range(0.0, 1.0);
        s.field("patience", &Settings::patience, "How long to wait");
        s.field("names", &Settings::names, "Who");
        s.field("port", &Settings::port, "Where");
        s.field("main", &Settings::main, "The first");
        s.field("others", &Settings::others, "The rest");
    }
};

Json property(const char* name) {
    return *gantry::Schema<Settings>().json().find("properties")->find(name);
}

std::string refusal(const char* json) {
    Settings settings;
    try {
        gantry::Schema<Settings>().bind(settings, Json::parse(json));
    } catch (const gantry::Error& failure) {
        return failure.where() + ": " + failure.what();
    }
    return "none";
}

TEST(Schema, SaysWhatAFieldMayBe) {
    EXPECT_EQ(property("page").dump(), R"({"type":"integer","description":"Rows","default":50,"minimum":1,"maximum":1000})");
    EXPECT_EQ(property("mode").dump(), R"({"type":"string","description":"How","default":"fast","enum":["fast","safe"]})");
    EXPECT_EQ(property("patience").dump(),
              R"({"type":"string","format":"duration","description":"How long to wait","default":"1500ms"})");
    EXPECT_EQ(property("names").dump(), R"({"type":"array","items":{"type":"string"},"description":"Who","default":["a"]})");
    EXPECT_EQ(property("port").dump(), R"({"type":"integer","description":"Where"})");
    EXPECT_TRUE(property("token").find("writeOnly")->as_bool());
}

TEST(Schema, NestsAndNamesWhatIsRequired) {
    const Json main = property("main");
    EXPECT_EQ(main.find("required")->dump(), R"(["url"])");
    EXPECT_EQ(main.find("additionalProperties")->as_bool(), false);
    EXPECT_EQ(main.find("properties")->find("url")->find("default"), nullptr);
    EXPECT_EQ(property("others").find("items")->find("type")->as_string(), "object");
}

TEST(Binding, FillsEveryKindOfField) {
    Settings settings;
    gantry::Schema<Settings>().bind(settings, Json::parse(R"({
        "mode": "safe", "enabled": false, "page": 7, "ratio": 1, "patience": "2m", "names": ["x", "y"], "port": 8080,
        "main": {"url": "a"}, "others": [{"url": "b", "weight": 3}]})"));
    EXPECT_EQ(settings.mode, "safe");
    EXPECT_FALSE(settings.enabled);
    EXPECT_EQ(settings.page, 7);
    EXPECT_EQ(settings.ratio, 1.0);
    EXPECT_EQ(settings.patience, std::chrono::minutes(2));
    EXPECT_EQ(settings.names, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(settings.port, 8080);
    EXPECT_EQ(settings.main.url, "a");
    EXPECT_EQ(settings.main.weight, 1);
    ASSERT_EQ(settings.others.size(), 1U);
    EXPECT_EQ(settings.others[0].weight, 3);
}

TEST(Binding, NamesThePlaceThatIsWrong) {
    EXPECT_EQ(refusal(R"({"page": "x", "main": {"url": "a"}})"), "/page: expected a whole number");
    EXPECT_EQ(refusal(R"({"main": {}})"), "/main/url: is missing");
    EXPECT_EQ(refusal(R"({"main": {"url": "a"}, "others": [{"url": "b"}, {"url": 7}]})"), "/others/1/url: expected text");
    EXPECT_EQ(refusal(R"({"main": {"url": "a"}, "port": 70000})"), "/port: 70000 does not fit this setting");
    EXPECT_EQ(refusal(R"({"main": {"url": "a"}, "patience": "10"})"),
              "/patience: expected a duration like 30s, 5m or 250ms");
    EXPECT_EQ(refusal(R"({"main": {"url": "a"}, "patience": "10us"})"),
              "/patience: the duration is finer than this setting can be");
}

TEST(Duration, IsReadAndWrittenInItsOwnUnit) {
    using namespace std::chrono_literals;
    EXPECT_EQ(gantry::parse_duration("30s"), 30s);
    EXPECT_EQ(gantry::parse_duration("1d"), 24h);
    EXPECT_EQ(gantry::parse_duration("250us"), 250us);
    for (const char* text : {"", "s", "1", "-1s", "1.5s", "1 s", "1w", "9223372036854775807d"}) {
        EXPECT_EQ(gantry::parse_duration(text), std::nullopt) << text;
    }
    EXPECT_EQ(gantry::format_duration(90s), "90s");
    EXPECT_EQ(gantry::format_duration(120s), "2m");
    EXPECT_EQ(gantry::format_duration(0s), "0s");
}

}  // namespace
