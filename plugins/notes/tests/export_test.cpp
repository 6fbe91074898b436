#include "notes_host.hpp"

namespace notes {
namespace {

using gantry::testing::Completions;

TEST(NotesExport, SendsEveryNoteAndThenTheEnd) {
    FakeHost host;
    host.settings(Json::object({{"page", 2}}));
    host.start(gantry_plugin_entry);
    host.database().expect("where id > $1", note_rows({1, 2}));
    host.database().expect("where id > $1", note_rows({3}));
    host.database().expect("where id > $1", note_rows({}));
    const auto answer = host.get("/notes/export");
    EXPECT_TRUE(answer.complete);
    EXPECT_GOLDEN("export.http", answer);
    EXPECT_EQ(host.database().statements()[1].parameters, (std::vector<std::string>{"2", "2"}));
}

TEST(NotesExport, GoesOnWhereAClientHasStopped) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    host.database().expect("where id > $1", note_rows({}));
    EXPECT_EQ(host.get("/notes/export", {{"Last-Event-ID", "note_41"}}).status, 200);
    EXPECT_EQ(host.database().statements()[0].parameters[0], "41");
}

TEST(NotesExport, WaitsForASlowClient) {
    FakeHost host(Completions::ByHand);
    host.http().stream_high_water(10);
    host.http().client_reads_by_hand();
    host.start(gantry_plugin_entry);
    host.database().expect("where id > $1", note_rows({1, 2}));
    const auto pending = host.begin({"GET", "/notes/export"});
    host.complete_all();
    // The first event alone is more than the client takes; the second is not even made.
    const std::string first = pending.so_far().body;
    EXPECT_NE(first.find("note_1"), std::string::npos);
    EXPECT_EQ(first.find("note_2"), std::string::npos);
    EXPECT_EQ(pending.waits(), 1U);
    pending.read();
    host.complete_all();
    EXPECT_NE(pending.so_far().body.find("note_2"), std::string::npos);
    pending.leave();
    host.complete_all();
    EXPECT_TRUE(pending.answered());
    EXPECT_FALSE(pending.so_far().complete);
}

TEST(NotesExport, IsAnHonestFailureWhenTheDatabaseIsAway) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    host.database().expect_unavailable("where id > $1");
    EXPECT_EQ(host.get("/notes/export").status, 503);
}

TEST(NotesExport, IsCutWhenTheDatabaseGoesAwayHalfWay) {
    FakeHost host;
    host.settings(Json::object({{"page", 1}}));
    host.start(gantry_plugin_entry);
    host.database().expect("where id > $1", note_rows({1}));
    host.database().expect_unavailable("where id > $1");
    const auto answer = host.get("/notes/export");
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.complete);
}

}  // namespace
}  // namespace notes
