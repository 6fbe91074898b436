#include "host/events/event.hpp"

#include <gtest/gtest.h>

using namespace host::events;

TEST(Topics, AreTwoOrMoreWords) {
    for (const char* good : {"notes.created", "notes.tag.added", "a.b", "notes.created-2_x"})
        EXPECT_TRUE(is_topic(good)) << good;
    for (const char* bad :
         {"", "notes", "notes.", ".created", "notes..created", "Notes.created", "notes.*", "*", "notes created.x"})
        EXPECT_FALSE(is_topic(bad)) << bad;
    EXPECT_FALSE(is_topic(std::string(200, 'a') + ".b"));
}

TEST(Patterns, MatchATopicOrAllBelowOne) {
    EXPECT_TRUE(is_pattern("*"));
    EXPECT_TRUE(is_pattern("notes.*"));
    EXPECT_TRUE(is_pattern("notes.created"));
    for (const char* bad : {"", ".*", "notes", "notes.*.created", "*.created", "no*.x"})
        EXPECT_FALSE(is_pattern(bad)) << bad;
    EXPECT_TRUE(matches("*", "notes.created"));
    EXPECT_TRUE(matches("notes.*", "notes.created"));
    EXPECT_TRUE(matches("notes.*", "notes.tag.added"));
    EXPECT_FALSE(matches("notes.*", "notes2.created"));
    EXPECT_FALSE(matches("notes.created", "notes.created.twice"));
    EXPECT_FALSE(matches("notes.tag.*", "notes.tag"));
}
