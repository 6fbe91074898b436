#include "host/config/schema.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::config {
namespace {

std::string refusal(const std::string& schema) {
    try {
        Schema::parse(gantry::Json::parse(schema));
    } catch (const core::Error& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Schema, RefusesUnknownKeywordsAndSuggestsTheNearest) {
    EXPECT_EQ(refusal(R"({"type": "object", "properties": {"page": {"type": "integer", "minimun": 1}}})"),
              "/properties/page/minimun: unknown keyword, did you mean 'minimum'?");
    EXPECT_EQ(refusal(R"({"type": "string", "$ref": "#/a"})"), "/$ref: unknown keyword");
    EXPECT_EQ(refusal(R"({"type": "object", "if": {}})"), "/if: unknown keyword");
}

TEST(Schema, RefusesKeywordsOfAnotherType) {
    EXPECT_EQ(refusal(R"({"type": "integer", "minLength": 1})"), "/minLength: does not apply to this type");
    EXPECT_EQ(refusal(R"({"type": "integer", "format": "uri"})"), "/format: an integer can only be a duration or bytes");
}

TEST(Schema, RefusesMalformedKeywords) {
    EXPECT_EQ(refusal(R"({"type": "int"})"),
              "/type: expected boolean, integer, number, string, array or object, found \"int\"");
    EXPECT_EQ(refusal(R"({"minimum": 1})"), "type is missing");
    EXPECT_EQ(refusal(R"({"type": "integer", "minimum": "1"})"), "/minimum: expected a number");
    EXPECT_EQ(refusal(R"({"type": "string", "pattern": "("})"), "/pattern: not an ECMAScript pattern this host understands");
    EXPECT_EQ(refusal(R"({"type": "string", "format": "ur"})"), "/format: unknown format, did you mean 'uri'?");
    EXPECT_EQ(refusal(R"({"type": "string", "enum": []})"), "/enum: expected a list of values");
    EXPECT_EQ(refusal(R"({"type": "object", "required": ["a"]})"), "/required: 'a' is none of the properties");
    EXPECT_EQ(refusal(R"({"type": "array", "items": true})"), "/items: expected a schema object");
    EXPECT_EQ(refusal(R"([])"), "expected a schema object");
}

TEST(Schema, RefusesADefaultThatBreaksIt) {
    EXPECT_EQ(refusal(R"({"type": "integer", "maximum": 5, "default": 6})"), "/default: 6 is more than 5");
    EXPECT_EQ(refusal(R"({"type": "integer", "format": "duration", "default": "30s"})"), "accepted");
    EXPECT_EQ(refusal(R"({"type": "integer", "format": "duration", "default": 30000})"), "accepted");
}

}  // namespace
}  // namespace host::config
