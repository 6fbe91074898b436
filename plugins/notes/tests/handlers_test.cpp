#include "handlers.hpp"

#include "notes_host.hpp"

namespace notes {
namespace {

class NotesApi : public ::testing::Test {
  protected:
    NotesApi() { host.start(gantry_plugin_entry); }

    FakeHost host;
};

TEST_F(NotesApi, CreatesANote) {
    host.database().expect("insert into note", note_rows({7}));
    const auto answer = host.post("/notes", Json::object({{"title", "Note 7"}, {"tags", Json::array({"a,b", "NULL"})}}));
    EXPECT_GOLDEN("create.http", answer);
    const auto statements = host.database().statements();
    EXPECT_EQ(statements[0].parameters, (std::vector<std::string>{"Note 7", "", R"({"a,b","NULL"})"}));
}

TEST_F(NotesApi, RefusesANoteThatBreaksARule) {
    EXPECT_GOLDEN("create_without_title.http", host.post("/notes", Json::object({{"body", "x"}})));
    EXPECT_EQ(host.post("/notes", Json::object({{"title", std::string(201, 'x')}})).status, 400);
}

TEST_F(NotesApi, RefusesABodyThatIsNoJson) {
    const auto broken = host.send({"POST", "/notes", {{"Content-Type", "application/json"}}, R"({"title":)"});
    EXPECT_GOLDEN("create_with_broken_json.http", broken);
    const auto form = host.send({"POST", "/notes", {{"Content-Type", "text/plain"}}, "title=x"});
    EXPECT_EQ(form.status, 415);
    EXPECT_EQ(form.problem().find("code")->as_string(), "UNSUPPORTED_MEDIA_TYPE");
}

TEST_F(NotesApi, ShowsANote) {
    host.database().expect("where id = $1", note_rows({7}));
    EXPECT_GOLDEN("show.http", host.get("/notes/note_7"));
}

TEST_F(NotesApi, KnowsWhatItDoesNotHave) {
    host.database().expect("where id = $1", note_rows({}));
    EXPECT_GOLDEN("show_not_found.http", host.get("/notes/note_8"));
    EXPECT_GOLDEN("show_no_id.http", host.get("/notes/8"));
}

TEST_F(NotesApi, ListsPageByPage) {
    host.database().expect("order by id desc", note_rows({9, 8, 7}));
    host.database().expect("count(*)", count_row(9));
    EXPECT_GOLDEN("list_first_page.http", host.get("/notes?limit=2"));
    host.database().expect("order by id desc", note_rows({7}));
    host.database().expect("count(*)", count_row(9));
    EXPECT_GOLDEN("list_last_page.http", host.get("/notes?limit=2&cursor=note_8"));
    EXPECT_EQ(host.database().statements()[2].parameters, (std::vector<std::string>{"8", "3"}));
}

TEST_F(NotesApi, RefusesPagesThatCannotBe) {
    for (const char* query :
         {"limit=0", "limit=101", "limit=x", "limit=", "limit=1.5", "cursor=8", "limit=%", "limit=%FF"}) {
        const auto answer = host.get(std::string("/notes?") + query);
        EXPECT_EQ(answer.status, 400) << query;
    }
    EXPECT_GOLDEN("list_bad_limit.http", host.get("/notes?limit=101"));
}

TEST_F(NotesApi, Searches) {
    host.database().expect("ts_rank", note_rows({7, 9}));
    host.database().expect("count(*)", count_row(5));
    EXPECT_GOLDEN("search.http", host.get("/notes/search?q=%22green+tea%22&limit=2&offset=1"));
    EXPECT_EQ(host.database().statements()[0].parameters, (std::vector<std::string>{"\"green tea\"", "2", "1"}));
    EXPECT_EQ(host.get("/notes/search").status, 400);
    EXPECT_EQ(host.get("/notes/search?q=a%00b").status, 400);
}

TEST_F(NotesApi, ReplacesANoteThatNobodyElseHasChanged) {
    host.database().expect("update note", note_rows({7}));
    const auto answer = host.put("/notes/note_7", Json::object({{"title", "Note 7"}}), {{"If-Match", "\"1\""}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(host.database().statements()[0].parameters, (std::vector<std::string>{"7", "Note 7", "", "{}", "1"}));
}

TEST_F(NotesApi, DoesNotOverwriteWhatSomebodyElseHasWritten) {
    host.database().expect("update note", note_rows({}));
    host.database().expect("where id = $1", note_rows({7}));
    EXPECT_GOLDEN("change_conflict.http",
                  host.patch("/notes/note_7", Json::object({{"title", "x"}}), {{"If-Match", "\"5\""}}));
    EXPECT_EQ(host.database().statements()[0].parameters, (std::vector<std::string>{"7", "x", "NULL", "NULL", "5"}));
}

TEST_F(NotesApi, ChangesOnlyWhatIsThere) {
    host.database().expect("update note", note_rows({}));
    host.database().expect("where id = $1", note_rows({}));
    EXPECT_EQ(host.patch("/notes/note_7", Json::object({{"body", "x"}})).status, 404);
    EXPECT_EQ(host.patch("/notes/note_7", Json::object({{"body", "x"}}), {{"If-Match", "W/\"1\""}}).status, 400);
}

TEST_F(NotesApi, RemovesANote) {
    host.database().expect("delete from note", note_rows({7}));
    const auto removed = host.del("/notes/note_7");
    EXPECT_EQ(removed.status, 204);
    EXPECT_EQ(removed.body, "");
    host.database().expect("delete from note", note_rows({}));
    EXPECT_EQ(host.del("/notes/note_7").status, 404);
}

TEST_F(NotesApi, SaysThatTheDatabaseIsAway) {
    host.database().expect_unavailable("where id = $1");
    EXPECT_GOLDEN("database_away.http", host.get("/notes/note_7"));
}

TEST_F(NotesApi, ShowsNoSqlToClients) {
    host.database().expect_failure("where id = $1", "42P01");
    const auto answer = host.get("/notes/note_7");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.problem().find("code")->as_string(), "INTERNAL_ERROR");
    EXPECT_EQ(answer.body.find("fake database"), std::string::npos);
    ASSERT_EQ(host.log().size(), 1U);
    EXPECT_NE(host.log()[0].fields[0].second.find("fake database"), std::string::npos);
}

}  // namespace
}  // namespace notes
