#include <gtest/gtest.h>

#include <gantry/json.hpp>

namespace gantry {
namespace {

std::string refusal(std::string_view text) {
    try {
        Json::parse(text);
    } catch (const JsonError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Json, SurvivesTheNumbersThatCrashThePackagedParser) {
    EXPECT_EQ(Json::parse("[0.0000074836628E-2147483636]").dump(), "[0.0]");
    EXPECT_EQ(Json::parse("[128.7480e-336]").items()[0].as_number(), 0.0);
    EXPECT_NE(refusal("[1e999]"), "accepted");
    EXPECT_NE(refusal("[1E+2147483648]"), "accepted");
}

TEST(Json, SurvivesDepthBombs) {
    EXPECT_EQ(refusal(std::string(1'000'000, '[')), "line 1 column 65: nested deeper than 64");
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    EXPECT_NE(refusal(objects).find("nested deeper than 64"), std::string::npos);
    EXPECT_NO_THROW(Json::parse(std::string(64, '[') + std::string(64, ']')));
}

TEST(Json, BoundsTheNumberOfValues) {
    EXPECT_THROW(Json::parse("[1,2,3]", {.depth_max = 4, .values_max = 3}), JsonError);
    EXPECT_NO_THROW(Json::parse("[1,2,3]", {.depth_max = 4, .values_max = 4}));
}

TEST(Json, RefusesDuplicateKeysBadUtf8AndTrailingText) {
    EXPECT_EQ(refusal(R"({"a":1,
  "a":2})"),
              "line 2 column 6: the key \"a\" stands twice");
    EXPECT_NE(refusal("\"\xc3\x28\""), "accepted");
    EXPECT_NE(refusal("1 2"), "accepted");
    EXPECT_NE(refusal(""), "accepted");
    EXPECT_NE(refusal("{\"a\":01}"), "accepted");
    EXPECT_NE(refusal("NaN"), "accepted");
    EXPECT_EQ(refusal(std::string_view("{}\0", 3)), "line 1 column 3: a NUL byte");
}

TEST(Json, KeepsIntegersExactAndWritesTheShortestDouble) {
    const std::string text = R"([9223372036854775807,-9223372036854775808,0.1,1e300,-0.0,2.5])";
    EXPECT_EQ(Json::parse(text).dump(), "[9223372036854775807,-9223372036854775808,0.1,1e+300,-0.0,2.5]");
    EXPECT_TRUE(Json::parse("18446744073709551616").is_number());
}

TEST(Json, KeepsOrderEscapesAndEmbeddedZeros) {
    const std::string text = R"({"z":"a\u0000b\n\"","a":{"k":[]}})";
    EXPECT_EQ(Json::parse(text).dump(), text);
    EXPECT_EQ(Json::parse(text).find("z")->as_string().size(), 5u);
}

}  // namespace
}  // namespace gantry
