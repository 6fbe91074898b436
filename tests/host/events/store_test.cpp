#include "host/events/store.hpp"

#include <gtest/gtest.h>

#include "tests/host/events/running_events.hpp"

using namespace host::events;
using namespace tests;

// A reader that is told there is nothing waits until somebody tells it of something new.
TEST(EventStore, LooksBehindAWindowThatAFullBatchHasEmptied) {
    const Server server;
    Host host(server);
    Store store(*host.client, "reader");
    const Position begin = store.present();
    host.command(
        "insert into event (id, source, topic, key, payload)"
        " select 'evt_' || i, 'notes', 'notes.created', '7', 'one' from generate_series(1, 3) i");
    const Read full = store.read(begin, "notes.*", 3);
    ASSERT_EQ(full.events.size(), 3U);
    ASSERT_EQ(host.publish(event_of("last")), "");
    const Read rest = store.read(full.after, "notes.*", 3);
    ASSERT_EQ(rest.events.size(), 1U);
    EXPECT_EQ(rest.events[0]->payload, "last");
    EXPECT_TRUE(store.read(rest.after, "notes.*", 3).events.empty());
}

// The second event belongs to a transaction that had written something before the first was published, and a third
// transaction, between the two, is still under way.
TEST(EventStore, KeepsTheOrderInWhichEventsWerePublishedAndCommitted) {
    const Server server;
    Host host(server);
    Store store(*host.client, "reader");
    const Position begin = store.present();
    const auto begin_and_write = [&] {
        const auto begun = wait([&](auto done) { host.client->begin({}, done); });
        host::database::Statement write("select pg_current_xact_id()::text");
        wait([&](auto done) { host.client->query(write.within(begun.transaction).take(), done); });
        return begun.transaction;
    };
    const auto older = begin_and_write();
    const auto between = begin_and_write();
    ASSERT_EQ(host.publish(event_of("first")), "");
    const Event second = host.events.completed(event_of("second"));
    wait([&](auto done) { host.client->query(Events::within_transaction(second, older), done); });
    wait([&](auto done) { host.client->end(older, host::database::Ending::Commit, done); });
    const Read early = store.read(begin, "notes.*", 3);
    EXPECT_TRUE(early.events.empty()) << early.events[0]->payload;
    EXPECT_TRUE(early.more_soon);
    wait([&](auto done) { host.client->end(between, host::database::Ending::Commit, done); });
    const Read both = store.read(early.after, "notes.*", 3);
    ASSERT_EQ(both.events.size(), 2U);
    EXPECT_EQ(both.events[0]->payload, "first");
    EXPECT_EQ(both.events[1]->payload, "second");
    EXPECT_TRUE(store.read(both.after, "notes.*", 3).events.empty());
}

TEST(EventStore, TellsOfEventsBehindATransactionThatIsUnderWay) {
    const Server server;
    Host host(server);
    Store store(*host.client, "reader");
    const Position begin = store.present();
    ASSERT_EQ(host.publish(event_of("other", "bills.paid")), "");
    const auto begun = wait([&](auto done) { host.client->begin({}, done); });
    host::database::Statement write("select pg_current_xact_id()::text");
    wait([&](auto done) { host.client->query(write.within(begun.transaction).take(), done); });
    ASSERT_EQ(host.publish(event_of("behind")), "");
    const Read blocked = store.read(begin, "notes.*", 3);
    EXPECT_TRUE(blocked.events.empty());
    EXPECT_TRUE(blocked.more_soon);
    wait([&](auto done) { host.client->end(begun.transaction, host::database::Ending::Rollback, done); });
    const Read free = store.read(blocked.after, "notes.*", 3);
    ASSERT_EQ(free.events.size(), 1U);
    EXPECT_FALSE(free.more_soon);
}
