#include "notes_host.hpp"

namespace notes {
namespace {

constexpr const char* hook = "https://example.net/hook";

TEST(NotesChanges, AreEventsOfTheTransactionThatMakesThem) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    host.database().expect("insert into note", note_rows({7}));
    host.database().expect("update note", note_rows({7}));
    host.database().expect("delete from note", note_rows({7}));
    host.post("/notes", Json::object({{"title", "x"}}));
    host.patch("/notes/note_7", Json::object({{"title", "y"}}));
    host.del("/notes/note_7");
    std::vector<std::string> topics;
    for (const auto& event : host.events().published()) {
        topics.push_back(event.topic);
        EXPECT_EQ(event.key, "note_7");
        EXPECT_NE(event.transaction, 0U);
    }
    EXPECT_EQ(topics, (std::vector<std::string>{"notes.created", "notes.changed", "notes.removed"}));
    EXPECT_EQ(host.events().published()[0].payload,
              R"({"change":"notes.created","id":"note_7","version":1,"title":"Note 7"})");
}

TEST(NotesChanges, OfNoNoteAreNone) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    host.database().expect("delete from note", note_rows({}));
    EXPECT_EQ(host.del("/notes/note_7").status, 404);
    EXPECT_TRUE(host.events().published().empty());
}

TEST(NotesChanges, ReachEverybodyWhoWatches) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    const auto first = host.websocket("/notes/changes"), second = host.websocket("/notes/changes");
    EXPECT_EQ(host.metrics().value("watchers"), 2);
    host.events().deliver("watchers", "notes.created", "news");
    EXPECT_EQ(first.receive()->data, "news");
    EXPECT_EQ(second.receive()->data, "news");
    first.close();
    host.stop();
    EXPECT_EQ(host.metrics().value("watchers"), 0);
}

TEST(NotesWebhook, ListensOnlyWhenThereIsOne) {
    FakeHost without, with;
    without.start(gantry_plugin_entry);
    with.settings(Json::object({{"webhook", hook}}));
    with.start(gantry_plugin_entry);
    EXPECT_EQ(without.events().subscriptions(), std::vector<std::string>{"watchers notes.*"});
    EXPECT_EQ(with.events().subscriptions(), (std::vector<std::string>{"watchers notes.*", "webhook notes.* durable"}));
}

TEST(NotesWebhook, IsToldWithItsKeyAndTheEventsId) {
    FakeHost host;
    host.settings(Json::object({{"webhook", hook}}));
    host.secrets().give("webhook_key", "s3cret");
    host.upstream().expect("POST", hook, {204});
    host.start(gantry_plugin_entry);
    EXPECT_EQ(host.events().deliver("webhook", "notes.created", "{}").status, GANTRY_OK);
    const auto call = host.upstream().calls().at(0);
    EXPECT_EQ(call.header("Authorization"), "Bearer s3cret");
    EXPECT_EQ(call.header("Idempotency-Key"), "evt_1");
    EXPECT_EQ(call.body, "{}");
    EXPECT_EQ(host.metrics().value("webhook_total", {"204"}), 1);
}

TEST(NotesWebhook, ThatRefusesIsToldAgain) {
    FakeHost host;
    host.settings(Json::object({{"webhook", hook}}));
    host.upstream().expect("POST", hook, {500});
    host.start(gantry_plugin_entry);
    const auto result = host.events().deliver("webhook", "notes.created", "{}");
    EXPECT_EQ(result.status, GANTRY_E_UNAVAILABLE);
    EXPECT_EQ(result.message, "the webhook answered 500");
}

TEST(NotesHousekeeping, ForgetsInBatchesWhatNobodyHasChanged) {
    FakeHost host;
    host.settings(Json::object({{"forget_after_days", 30}}));
    host.start(gantry_plugin_entry);
    ASSERT_EQ(host.jobs().schedules().size(), 1U);
    std::vector<std::int64_t> full;
    for (std::int64_t id = 1; id <= 100; ++id)
        full.push_back(id);
    host.database().expect("delete from note", note_rows(full));
    host.database().expect("delete from note", note_rows({101}));
    EXPECT_EQ(host.jobs().run("forget").status, GANTRY_OK);
    EXPECT_EQ(host.events().published().size(), 101U);
    EXPECT_EQ(host.log().at(0).message, "old notes are forgotten: 101");
}

TEST(NotesHousekeeping, ForgetsNothingUnlessAsked) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    EXPECT_TRUE(host.jobs().schedules().empty());
    EXPECT_EQ(host.jobs().run("forget").status, GANTRY_OK);
    EXPECT_TRUE(host.database().statements().empty());
}

}  // namespace
}  // namespace notes
