#include "note.hpp"

#include <gtest/gtest.h>
#include <gantry/error.hpp>

#include <functional>
#include <string>

#include "json.hpp"

namespace notes {
namespace {

constexpr std::size_t title_bytes_max = 10;

std::string complaint(const std::function<void()>& act) {
    try {
        act();
    } catch (const gantry::Error& failure) {
        return failure.where() + ": " + failure.what();
    }
    return "none";
}

std::string complaint_about(const Draft& draft) {
    return complaint([&] { check(draft, title_bytes_max); });
}

TEST(Note, MayHaveATitleAlone) {
    EXPECT_EQ(complaint_about({"Milk", "", {}}), "none");
}

TEST(Note, NeedsATitleThatIsNotBlank) {
    EXPECT_EQ(complaint_about({" \n", "", {}}), "title: title is empty");
}

TEST(Note, HasATitleOfLimitedLength) {
    EXPECT_EQ(complaint_about({"0123456789", "", {}}), "none");
    EXPECT_EQ(complaint_about({"0123456789a", "", {}}), "title: title has 11 bytes but may have at most 10");
}

TEST(Note, HasABodyOfLimitedLength) {
    EXPECT_EQ(complaint_about({"a", std::string(body_bytes_max, 'x'), {}}), "none");
    EXPECT_EQ(complaint_about({"a", std::string(body_bytes_max + 1, 'x'), {}}),
              "body: body has 100001 bytes but may have at most 100000");
}

TEST(Note, HoldsNoCharacterThatPostgresqlCannotHold) {
    EXPECT_EQ(complaint_about({"a", std::string("b\0c", 3), {}}), "body: body contains the character U+0000");
}

TEST(Note, HasFewAndShortTags) {
    EXPECT_EQ(complaint_about({"a", "", std::vector<std::string>(20, "x")}), "none");
    EXPECT_EQ(complaint_about({"a", "", std::vector<std::string>(21, "x")}),
              "tags: tags has 21 items but may have at most 20");
    EXPECT_EQ(complaint_about({"a", "", {"x", ""}}), "tags/1: tags/1 is empty");
}

TEST(Note, IsCheckedOnlyWhereItChanges) {
    EXPECT_EQ(complaint([] { check(Change{}, title_bytes_max); }), "none");
    EXPECT_EQ(complaint([] { check(Change{"", {}, {}}, title_bytes_max); }), "title: title is empty");
}

TEST(NoteId, IsReadOnlyInTheFormInWhichItIsWritten) {
    EXPECT_EQ(public_id(7), "note_7");
    EXPECT_EQ(parse_public_id("note_7"), 7);
    EXPECT_EQ(parse_public_id("note_9223372036854775807"), 9223372036854775807);
    for (const char* text :
         {"", "7", "note_", "note_x", "note_07", "note_-7", "note_0", "note_7 ", "note_9223372036854775808"}) {
        EXPECT_EQ(parse_public_id(text), std::nullopt) << text;
    }
}

TEST(NoteJson, NamesTheFieldThatIsWrong) {
    const auto complaint_about_json = [](const char* text) {
        return complaint([text] { (void)draft_from(gantry::Json::parse(text)); });
    };
    EXPECT_EQ(complaint_about_json("[]"), "body: body must be a JSON object");
    EXPECT_EQ(complaint_about_json("{}"), "title: title is missing");
    EXPECT_EQ(complaint_about_json(R"({"title":7})"), "title: title must be text");
    EXPECT_EQ(complaint_about_json(R"({"title":"a","tags":"x"})"), "tags: tags must be a list of texts");
    EXPECT_EQ(complaint_about_json(R"({"title":"a","tags":["x",1]})"), "tags/1: tags/1 must be text");
    EXPECT_EQ(complaint_about_json(R"({"titel":"a"})"), "titel: titel is unknown; a note has title, body and tags");
}

}  // namespace
}  // namespace notes
