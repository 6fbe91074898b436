#include "host/plugin/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace host::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Ledger, RevokesTheYoungestFirst) {
    Ledger ledger;
    std::vector<std::string> revoked;
    for (const std::string name : {"a", "b", "c"})
        ledger.add("route", name, [&revoked, name] { revoked.push_back(name); });
    EXPECT_THAT(ledger.revoke_all(), IsEmpty());
    EXPECT_THAT(revoked, ElementsAre("c", "b", "a"));
    EXPECT_THAT(ledger.entries(), IsEmpty());
}

TEST(Ledger, RevokesAnEntryOnce) {
    Ledger ledger;
    int times = 0;
    const std::uint64_t id = ledger.add("job", "nightly", [&] { ++times; });
    EXPECT_TRUE(ledger.revoke(id));
    EXPECT_FALSE(ledger.revoke(id));
    ledger.revoke_all();
    EXPECT_EQ(times, 1);
}

TEST(Ledger, GoesOnAfterARevokeThatThrows) {
    Ledger ledger;
    bool first_revoked = false;
    ledger.add("route", "GET /a", [&] { first_revoked = true; });
    ledger.add("route", "GET /b", [] { throw std::runtime_error("no such route"); });
    EXPECT_THAT(ledger.revoke_all(), ElementsAre("route GET /b: no such route"));
    EXPECT_TRUE(first_revoked);
}

TEST(Ledger, TakesNothingAfterItsEnd) {
    Ledger ledger;
    ledger.revoke_all();
    EXPECT_EQ(ledger.add("route", "GET /late", [] { FAIL(); }), 0u);
    EXPECT_THAT(ledger.revoke_all(), IsEmpty());
}

TEST(Ledger, ListsWhatStandsInIt) {
    Ledger ledger;
    ledger.add("route", "GET /notes", [] {});
    ASSERT_THAT(ledger.entries(), SizeIs(1));
    EXPECT_EQ(ledger.entries()[0].kind, "route");
    EXPECT_EQ(ledger.entries()[0].description, "GET /notes");
}

TEST(Ledger, MayBeWrittenByManyThreads) {
    Ledger ledger;
    std::atomic<int> revoked = 0;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                const std::uint64_t id = ledger.add("job", "short", [&] { ++revoked; });
                if (i % 2 == 0) ledger.revoke(id);
            }
        });
    for (std::thread& writer : writers)
        writer.join();
    ledger.revoke_all();
    EXPECT_EQ(revoked, 400);
}

}  // namespace
}  // namespace host::plugin
