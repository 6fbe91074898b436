#include "notes_host.hpp"

namespace notes {
namespace {

class NotesSearchService : public ::testing::Test {
  protected:
    NotesSearchService() { host.start(gantry_plugin_entry); }
    auto find(const std::string& argument) { return host.services().ask("notes.search/1", "find", {argument}); }

    FakeHost host;
};

TEST_F(NotesSearchService, FindsTheBestMatches) {
    host.database().expect("ts_rank", note_rows({7, 9}));
    host.database().expect("count(*)", count_row(2));
    const auto found = find(R"({"q":"green tea","limit":2})");
    ASSERT_EQ(found.status, GANTRY_OK) << found.message;
    EXPECT_EQ(Json::parse(found.body).find("items")->items().size(), 2U);
    EXPECT_EQ(host.database().statements()[0].parameters, (std::vector<std::string>{"green tea", "2", "0"}));
}

TEST_F(NotesSearchService, SaysWhatIsWrongWithAQuestion) {
    for (const char* wrong :
         {"[]", "{}", R"({"q":""})", R"({"q":7})", R"({"q":"x","limit":0})", R"({"q":"x","limit":"5"})"}) {
        const auto answer = find(wrong);
        EXPECT_EQ(answer.status, GANTRY_E_INVALID) << wrong;
        EXPECT_FALSE(answer.message.empty()) << wrong;
    }
}

}  // namespace
}  // namespace notes
