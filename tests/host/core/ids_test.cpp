#include "host/core/ids.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace host::core {
namespace {

TEST(Ids, AreNeverHandedOutTwice) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(seen.insert(next_id()).second);
    EXPECT_FALSE(seen.contains(0));
}

TEST(Ids, SortableOnesSortByAgeAndHave26Characters) {
    const std::string early = sortable_id();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // two ticks of the id's clock, not a wait for something
    const std::string late = sortable_id();
    EXPECT_EQ(early.size(), 26u);
    EXPECT_EQ(early.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos);
    EXPECT_LT(early.substr(0, 10), late.substr(0, 10));
}

TEST(Ids, SortableOnesDifferWithinAMillisecondAndAcrossThreads) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(seen.insert(sortable_id()).second);
    std::string other;
    std::thread([&] { other = sortable_id(); }).join();
    EXPECT_TRUE(seen.insert(other).second);
}

}  // namespace
}  // namespace host::core
