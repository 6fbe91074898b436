#include "host/config/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/view.hpp"
#include "tests/host/config/support.hpp"

namespace host::config {
namespace {

using test::tree_of;
using test::value_errors;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Node completed(const std::string& schema, std::string_view yaml) {
    Problems problems;
    Node node = validate(Schema::parse(gantry::Json::parse(schema)), tree_of(yaml), Where{}, problems);
    problems.throw_if_any();
    return node;
}

TEST(Validate, ComparesWithTheBoundsExactly) {
    EXPECT_THAT(value_errors(R"({"type": "integer", "minimum": 1, "maximum": 5})", "v: 5"), IsEmpty());
    EXPECT_THAT(value_errors(R"({"type": "integer", "minimum": 1})", "v: 0"),
                ElementsAre("a.yaml:1:4: v: 0 is less than 1"));
    EXPECT_THAT(value_errors(R"({"type": "number", "exclusiveMaximum": 1})", "v: 1.0"),
                ElementsAre("a.yaml:1:4: v: 1.0 is not less than 1"));
    EXPECT_THAT(value_errors(R"({"type": "number", "exclusiveMinimum": 0.5})", "v: 0.5"),
                ElementsAre("a.yaml:1:4: v: 0.5 is not more than 0.5"));
    EXPECT_THAT(value_errors(R"({"type": "integer", "maximum": 9223372036854775806})", "v: 9223372036854775807"),
                ElementsAre("a.yaml:1:4: v: 9223372036854775807 is more than 9223372036854775806"));
}

TEST(Validate, SaysWhatAMistypedValueShouldBe) {
    EXPECT_THAT(value_errors(R"({"type": "boolean"})", "v: yes"),
                ElementsAre("a.yaml:1:4: v: expected true or false, found yes"));
    EXPECT_THAT(value_errors(R"({"type": "integer"})", "v: 010"),
                ElementsAre("a.yaml:1:4: v: expected an integer, found 010, whose leading zero could mean octal"));
    EXPECT_THAT(value_errors(R"({"type": "integer"})", "v: \"1\""),
                ElementsAre("a.yaml:1:4: v: expected an integer, found \"1\""));
    EXPECT_THAT(value_errors(R"({"type": "integer"})", "v: 1.5"),
                ElementsAre("a.yaml:1:4: v: expected an integer, found 1.5"));
    EXPECT_THAT(value_errors(R"({"type": "integer"})", "v:"),
                ElementsAre("a.yaml:1:1: v: expected an integer, found nothing"));
    EXPECT_THAT(value_errors(R"({"type": "string"})", "v: 1.0"),
                ElementsAre("a.yaml:1:4: v: expected text, found 1.0 (in quotes it would be text)"));
    EXPECT_THAT(value_errors(R"({"type": "array"})", "v: {a: 1}"),
                ElementsAre("a.yaml:1:4: v: expected a list, found a map"));
    EXPECT_THAT(value_errors(R"({"type": "object"})", "v: [1]"),
                ElementsAre("a.yaml:1:4: v: expected a map of settings, found a list"));
}

TEST(Validate, TakesAnIntegerForANumber) {
    EXPECT_THAT(value_errors(R"({"type": "number"})", "v: 3"), IsEmpty());
}

TEST(Validate, SuggestsTheNearestWord) {
    EXPECT_THAT(value_errors(R"({"type": "string", "enum": ["info", "debug"]})", "v: debgu"),
                ElementsAre("a.yaml:1:4: v: expected one of info, debug, found debgu, did you mean 'debug'?"));
    EXPECT_THAT(value_errors(R"({"type": "integer", "const": 3})", "v: 4"),
                ElementsAre("a.yaml:1:4: v: expected 3, found 4"));
}

TEST(Validate, ChecksTexts) {
    EXPECT_THAT(value_errors(R"({"type": "string", "minLength": 3})", "v: äö"),
                ElementsAre("a.yaml:1:4: v: äö has 2 characters, fewer than 3"));
    EXPECT_THAT(value_errors(R"({"type": "string", "maxLength": 1})", "v: ab"),
                ElementsAre(StartsWith("a.yaml:1:4: v: ab has 2 characters, more")));
    EXPECT_THAT(value_errors(R"({"type": "string", "pattern": "^[a-z]+$"})", "v: A"),
                ElementsAre("a.yaml:1:4: v: A does not match ^[a-z]+$"));
    EXPECT_THAT(value_errors(R"({"type": "string", "pattern": "x"})", "v: " + std::string(513, 'x')),
                ElementsAre(testing::HasSubstr("longer than 512")));
}

TEST(Validate, ChecksFormats) {
    const auto ok = [](const char* format, const char* yaml) {
        return value_errors(std::string(R"({"type": "string", "format": ")") + format + "\"}", yaml).empty();
    };
    for (const char* good : {"v: 127.0.0.1:80", "v: '[::1]:0'", "v: ':8080'", "v: localhost:1", "v: unix:/run/x.sock"})
        EXPECT_TRUE(ok("listen", good)) << good;
    for (const char* bad : {"v: '8080'", "v: 127.0.0.1", "v: 1.2.3:80", "v: a:65536", "v: '[::1'", "v: '::1:80'",
                            "v: unix:x", "v: a:-1", "v: 'a:'"}) {
        EXPECT_FALSE(ok("listen", bad)) << bad;
    }
    EXPECT_TRUE(ok("uri", "v: https://a.example/x?y"));
    EXPECT_FALSE(ok("uri", "v: /x"));
    EXPECT_FALSE(ok("uri", "v: 'http://a b'"));
    EXPECT_TRUE(ok("host", "v: a-b.example"));
    EXPECT_FALSE(ok("host", "v: 256.0.0.1"));
    EXPECT_FALSE(ok("host", "v: -a"));
    EXPECT_FALSE(ok("path", "v: ''"));
}

TEST(Validate, TurnsDurationsAndSizesIntoNumbersOfOneUnit) {
    const std::string schema =
        R"({"type": "object", "properties": {"d": {"type": "integer", "format": "duration", "maximum": 600000},
                                  "b": {"type": "integer", "format": "bytes"}}})";
    EXPECT_EQ(to_json(completed(schema, "d: 2m\nb: 64KiB")).dump(), R"({"d":120000,"b":65536})");
    EXPECT_EQ(to_json(completed(schema, "d: 0\nb: 12")).dump(), R"({"d":0,"b":12})");
    Problems problems;
    validate(Schema::parse(gantry::Json::parse(schema)), tree_of("d: 11m\nb: 1MB"), Where{}, problems);
    EXPECT_THAT(problems.lines(), ElementsAre("a.yaml:1:4: d: 11m is more than 10m",
                                              "a.yaml:2:4: b: expected a size such as 512, 64KiB or 1MiB, found 1MB"));
    EXPECT_THAT(value_errors(R"({"type": "integer", "format": "duration"})", "v: 30"),
                ElementsAre("a.yaml:1:4: v: expected a duration such as 500ms, 30s, 2m or 1h, found 30"));
    EXPECT_THAT(value_errors(R"({"type": "integer", "format": "bytes"})", "v: 9999999TiB"), testing::SizeIs(1));
    EXPECT_THAT(value_errors(R"({"type": "string", "format": "duration", "default": "1500us"})", "v: 20ns"), IsEmpty());
    EXPECT_THAT(value_errors(R"({"type": "integer", "format": "duration"})", "v: 20us"), testing::SizeIs(1));
}

TEST(Validate, ChecksLists) {
    const std::string schema =
        R"({"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true, "x-one-or-many": true, "items": {"type": "integer"}})";
    EXPECT_THAT(value_errors(schema, "v: 5"), IsEmpty());
    EXPECT_THAT(value_errors(schema, "v: []"), ElementsAre("a.yaml:1:4: v: has 0 items, fewer than 1"));
    EXPECT_THAT(value_errors(schema, "v: [1, 2, 1]"), ElementsAre("a.yaml:1:11: v[2]: repeats item [0]"));
    EXPECT_THAT(value_errors(schema, "v: [1, x, 3, 4]"),
                ElementsAre("a.yaml:1:4: v: has 4 items, more than 3", "a.yaml:1:8: v[1]: expected an integer, found x"));
    EXPECT_THAT(value_errors(R"({"type": "array"})", "v: 5"), ElementsAre("a.yaml:1:4: v: expected a list, found 5"));
}

TEST(Validate, CompletesWithDefaultsThatHaveNoPlace) {
    const std::string schema = R"({"type": "object", "properties": {
        "page": {"type": "integer", "default": 50},
        "cache": {"type": "object", "properties": {"size": {"type": "integer", "default": 8}}},
        "smtp": {"type": "object", "required": ["host"], "properties": {"host": {"type": "string"}, "port": {"type": "integer", "default": 25}}},
        "none": {"type": "string"}}})";
    const Node node = completed(schema, "");
    EXPECT_EQ(to_json(node).dump(), R"({"page":50,"cache":{"size":8}})");
    EXPECT_FALSE(find_pointer(node, "/page")->mark().written());
    EXPECT_EQ(to_json(completed(schema, "smtp: {host: a}")).dump(),
              R"({"smtp":{"host":"a","port":25},"page":50,"cache":{"size":8}})");
}

TEST(Validate, ReportsEverythingAtOnceWithTheOwner) {
    const std::string schema = R"({"type": "object", "required": ["url"], "properties": {
        "page": {"type": "integer", "maximum": 1000, "description": "Rows fetched per round trip"}, "url": {"type": "string"}}})";
    Problems problems;
    validate(Schema::parse(gantry::Json::parse(schema)), tree_of("page: 5000\npgae: 1\nzzz: 2\n"),
             Where{"plugins.notes", "notes 1.0.0"}, problems);
    EXPECT_THAT(
        problems.lines(),
        ElementsAre("a.yaml:1:1: plugins.notes.url: is missing (notes 1.0.0)",
                    "a.yaml:1:7: plugins.notes.page: 5000 is more than 1000 (notes 1.0.0, \"Rows fetched per round trip\")",
                    "a.yaml:2:1: plugins.notes.pgae: unknown key, did you mean 'page'? (notes 1.0.0)",
                    "a.yaml:3:1: plugins.notes.zzz: unknown key (notes 1.0.0)"));
}

TEST(Validate, StopsAtAHundredLines) {
    std::string yaml;
    for (int i = 0; i < 4'500; ++i)
        yaml += "key" + std::to_string(i) + ": 1\n";
    const auto lines = value_errors(R"({"type": "integer"})", yaml);
    ASSERT_EQ(lines.size(), 101u);
    EXPECT_EQ(lines.back(), "and 4400 more");
}

TEST(Validate, NeverShowsASecret) {
    EXPECT_THAT(value_errors(R"({"type": "string", "x-secret": true, "maxLength": 3})", "v: hunter2"),
                ElementsAre("a.yaml:1:4: v: a value that is not shown here has 7 characters, more than 3"));
    for (const char* word : {"x-secret", "writeOnly"}) {
        EXPECT_THAT(value_errors(std::string(R"({"type": "string", ")") + word + "\": true}", "v: 1234"),
                    ElementsAre(testing::Not(testing::HasSubstr("1234"))));
    }
}

}  // namespace
}  // namespace host::config
