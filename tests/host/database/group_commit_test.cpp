#include "host/database/group_commit.hpp"

#include <gtest/gtest.h>

#include <deque>

using host::core::Code;
using host::core::Error;
using namespace host::database;

// Two are being sent and a third waits for them; then neither can be sent.
TEST(GroupCommit, LeavesNobodyWaitingForThoseThatWereRefused) {
    std::vector<std::string> told;
    GroupCommit<std::string>* commit = nullptr;
    const auto refused = [&](const std::string& item) {
        try {
            commit->add(item, 1);
            return false;
        } catch (const Error& error) {
            return error.code() == Code::Cancelled;
        }
    };
    GroupCommit<std::string> group(
        {10, "test.queue_max"},
        [&](const GroupCommit<std::string>::Batch& batch, const Completion&) {
            if (batch->front() == "first") {
                EXPECT_TRUE(refused("second"));
            } else if (batch->front() == "second") {
                EXPECT_FALSE(refused("third")) << "it waits";
            }
            throw Error{Code::Cancelled, "the host is stopping"};
        },
        [&](const std::vector<std::string>& batch, Outcome& outcome) {
            ASSERT_TRUE(outcome.error);
            told.insert(told.end(), batch.begin(), batch.end());
        });
    commit = &group;
    EXPECT_TRUE(refused("first"));
    EXPECT_EQ(told, std::vector<std::string>{"third"}) << "the others were told by what add() threw";
}

TEST(GroupCommit, WritesInOrderOneAfterTheOtherAndWithWhatWhoIsToldAdds) {
    std::vector<std::vector<std::string>> sent;
    std::deque<Completion> completions;  // they stay where they are while others come
    GroupCommit<std::string>* commit = nullptr;
    GroupCommit<std::string> group(
        {.waiting_max = 10, .setting = "test.queue_max", .under_way_max = 1},
        [&](const GroupCommit<std::string>::Batch& batch, Completion done) {
            sent.push_back(*batch);
            completions.push_back(std::move(done));
        },
        [&](const std::vector<std::string>& batch, Outcome&) {
            if (batch.front() == "first") commit->add("fourth", 1);
        });
    commit = &group;
    for (const char* item : {"first", "second", "third"})
        group.add(item, 1);
    EXPECT_EQ(sent.size(), 1U) << "one at a time";
    completions.at(0)({});
    completions.at(1)({});
    EXPECT_EQ(sent, (std::vector<std::vector<std::string>>{{"first"}, {"second", "third", "fourth"}}));
}
