#include "host/events/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/host/events/running_events.hpp"

using namespace host::events;
using namespace tests;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

namespace {

std::vector<std::string> numbers(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i)
        all.push_back(std::to_string(i));
    return all;
}

}  // namespace

TEST(Events, ReachADurableSubscriberInOrder) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(subscriber_of({durable("notes.*", into(heard))}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    for (int i = 0; i < 300; ++i)
        ASSERT_EQ(host.publish(event_of(std::to_string(i))), "");
    ASSERT_EQ(host.publish(event_of("other", "bills.paid")), "");
    EXPECT_EQ(heard.wait_for(300), numbers(300));
    EXPECT_TRUE(host.wait_until("select delivered from event_subscription", 300));
    EXPECT_EQ(heard.all().size(), 300U);
}

TEST(Events, KeepTheirOrderAlsoIfWhoPublishesDoesNotWait) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(subscriber_of({durable("notes.*", into(heard))}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    constexpr int many = 5'000;
    for (int i = 0; i < many; ++i)
        host.events.publish(event_of(std::to_string(i)), [](const host::core::Error*) {});
    EXPECT_EQ(heard.wait_for(many), numbers(many));
}

TEST(Events, WaitForADurableSubscriberThatWasAway) {
    const Server server;
    Heard before, after;
    {
        Host host(server);
        host.events.activate(subscriber_of({durable("notes.*", into(before))}));
        ASSERT_TRUE(host.wait_until(is_claimed, 1));
        host.publish(event_of("1"));
        before.wait_for(1);
    }
    {
        Host host(server);
        for (const char* payload : {"2", "3"})
            host.publish(event_of(payload));
    }
    Host host(server);
    host.events.activate(subscriber_of({durable("notes.*", into(after))}));
    EXPECT_EQ(after.wait_for(2), (std::vector<std::string>{"2", "3"}));
    EXPECT_EQ(before.all(), (std::vector<std::string>{"1"}));
}

TEST(Events, AreDeliveredByOneHostAtATimeAndByAnotherOnceThatIsGone) {
    const Server server;
    auto first = std::make_unique<Host>(server);
    Host second(server);
    Heard heard;
    for (Host* host : {first.get(), &second})
        host->events.activate(subscriber_of({durable("notes.*", into(heard))}));
    ASSERT_TRUE(second.wait_until(is_claimed, 1));
    for (int i = 0; i < 100; ++i)
        second.publish(event_of(std::to_string(i)));
    EXPECT_EQ(heard.wait_for(100), numbers(100));
    first.reset();
    for (int i = 100; i < 200; ++i)
        second.publish(event_of(std::to_string(i)));
    EXPECT_EQ(heard.wait_for(200), numbers(200));
}

TEST(Events, ComeAgainToASubscriberThatFailsAndKeepTheirOrder) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(
        subscriber_of({durable("notes.*", [&](const Event& event, std::uint32_t attempt) -> std::optional<std::string> {
            heard.add(event.payload + "/" + std::to_string(attempt));
            if (event.payload == "2" && attempt < 3) return "not yet";
            return std::nullopt;
        })}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    for (const char* payload : {"1", "2", "3"})
        host.publish(event_of(payload));
    EXPECT_EQ(heard.wait_for(5), (std::vector<std::string>{"1/1", "2/1", "2/2", "2/3", "3/1"}));
    EXPECT_EQ(host.number("select count(*) from event_dead"), 0);
}

TEST(Events, BecomeDeadLettersAndLetTheNextOnesPass) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(
        subscriber_of({durable("notes.*", [&](const Event& event, std::uint32_t) -> std::optional<std::string> {
            heard.add(event.payload);
            return event.payload == "bad" ? std::optional<std::string>("never") : std::nullopt;
        })}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    for (const char* payload : {"1", "bad", "3"})
        host.publish(event_of(payload));
    EXPECT_EQ(heard.wait_for(5), (std::vector<std::string>{"1", "bad", "bad", "bad", "3"}));
    EXPECT_TRUE(host.wait_until("select count(*) from event_dead", 1));
    const DeadLetter dead = host.events.admin().dead_letters(10).at(0);
    EXPECT_EQ(dead.event->payload, "bad");
    EXPECT_EQ(dead.attempts, 3U);
    EXPECT_EQ(dead.error, "never");
    EXPECT_TRUE(host.wait_until("select attempt from event_subscription", 0));
}

TEST(Events, OfTransactionsThatCommitLateAreNotPassedOver) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(subscriber_of({durable("notes.*", into(heard))}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    const auto begun = wait([&](auto done) { host.client->begin({}, done); });
    const auto early = host.events.completed(event_of("early, but committed late"));
    wait([&](auto done) { host.client->query(Events::within_transaction(early, begun.transaction), done); });
    ASSERT_EQ(host.publish(event_of("late, but committed early")), "");
    wait([&](auto done) { host.client->end(begun.transaction, host::database::Ending::Commit, done); });
    auto all = heard.wait_for(2);
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (std::vector<std::string>{"early, but committed late", "late, but committed early"}));
}

TEST(Events, OfATransactionThatRollsBackNeverHappened) {
    const Server server;
    Host host(server);
    host::database::Migrator(host.database.access(), quiet_logger()).apply("notes", "/nowhere");
    const auto client = host.database.client("notes");
    const auto publish_and = [&](host::database::Ending ending, Event event) {
        const auto begun = wait([&](auto done) { client->begin({}, done); });
        const auto outcome =
            wait([&](auto done) { client->query(Events::within_transaction(event, begun.transaction), done); });
        wait([&](auto done) { client->end(begun.transaction, ending, done); });
        return outcome.error ? outcome.error->name() : "";
    };
    EXPECT_EQ(publish_and(host::database::Ending::Rollback, host.events.completed(event_of("undone"))), "");
    EXPECT_EQ(publish_and(host::database::Ending::Commit, host.events.completed(event_of("done"))), "");
    EXPECT_EQ(host.number("select count(*) from event"), 1);
    ASSERT_TRUE(host.database.access().roles);
    const Event foreign = host.events.completed(event_of("false witness", "bills.paid"));
    EXPECT_EQ(publish_and(host::database::Ending::Commit, foreign), "SQLSTATE_42501");
    EXPECT_EQ(host.number("select count(*) from event"), 1);
}

TEST(Events, BecomeDeadLettersAlsoIfTheDatabaseFailsInThatMoment) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(
        subscriber_of({durable("notes.*", [&](const Event& event, std::uint32_t) -> std::optional<std::string> {
            heard.add(event.payload);
            return event.payload == "bad" ? std::optional<std::string>("never") : std::nullopt;
        })}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    const Outage outage(host, "event_dead");
    for (const char* payload : {"1", "bad", "3"})
        host.publish(event_of(payload));
    ASSERT_TRUE(outage.wait_until_felt());
    outage.end();
    EXPECT_EQ(heard.wait_for(5), (std::vector<std::string>{"1", "bad", "bad", "bad", "3"}));
    EXPECT_EQ(host.number("select count(*) from event_dead where attempts = 3 and error = 'never'"), 1);
    EXPECT_TRUE(host.wait_until("select delivered from event_subscription", 2));
    EXPECT_EQ(host.events.counts().dead, 1U);
}

TEST(Events, AreHeardHereOnceAFullPoolHasRoomAgain) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(subscriber_of({{"screen", "notes.*", false, into(heard)}}));
    std::promise<void> release;
    const auto released = release.get_future().share();
    while (host.pool.post([released] { released.wait(); })) {
    }
    host.events.publish_local(event_of("1"));
    release.set_value();
    EXPECT_EQ(heard.wait_for(1), std::vector<std::string>{"1"});
}

TEST(Events, OfOnePluginMayHaveTheIdOfAnothers) {
    const Server server;
    Host host(server);
    EXPECT_EQ(host.publish(event_of("1", "orders.made", "42")), "");
    EXPECT_EQ(host.publish(event_of("2", "invoices.made", "42")), "");
    const Event third = host.events.completed(event_of("3", "notes.created", "42"));
    const auto begun = wait([&](auto done) { host.client->begin({}, done); });
    wait([&](auto done) { host.client->query(Events::within_transaction(third, begun.transaction), done); });
    wait([&](auto done) { host.client->end(begun.transaction, host::database::Ending::Commit, done); });
    EXPECT_EQ(host.number("select count(*) from event where id = '42'"), 3);
}

TEST(Events, AreOneUnderOneId) {
    const Server server;
    Host host(server);
    EXPECT_EQ(host.publish(event_of("1", "notes.created", "evt_1")), "");
    EXPECT_EQ(host.publish(event_of("1", "notes.created", "evt_1")), "");
    EXPECT_EQ(host.number("select count(*) from event"), 1);
}

TEST(Events, ReachSubscribersThatAreNotDurableOnEveryHost) {
    const Server server;
    Host first(server), second(server);
    Heard on_first, on_second;
    first.events.activate(subscriber_of({{"screen", "notes.*", false, into(on_first)}}));
    second.events.activate(subscriber_of({{"screen", "notes.*", false, into(on_second)}}));
    first.publish(event_of("one"));
    second.publish(event_of("two"));
    EXPECT_THAT(on_first.wait_for(2), ElementsAre("one", "two"));
    EXPECT_THAT(on_second.wait_for(2), ElementsAre("one", "two"));
    second.events.publish_local(event_of("only here"));
    first.publish(event_of("three"));
    EXPECT_THAT(on_second.wait_for(4), UnorderedElementsAre("one", "two", "three", "only here"));
    EXPECT_THAT(on_first.wait_for(3), ElementsAre("one", "two", "three"));
}

// Whoever begins to listen may do so just while the host asks how far events are by now.
TEST(Events, ReachWhoHasJustBegunToListen) {
    const Server server;
    Host first(server), second(server);
    // So that the host's question waits: every connection does.
    const auto holding = wait([&](auto done) { first.client->begin({}, done); }).transaction;
    host::database::Statement lock("lock table event_dead");
    wait([&](auto done) { first.client->query(lock.within(holding).take(), done); });
    for (std::size_t i = 0; i < server.settings().connections; ++i) {
        host::database::Statement held("select count(*) from event_dead");
        second.client->query(held.take(), [](host::database::Outcome&&) {});
    }
    first.publish(event_of("that makes the second ask"));
    const auto until = std::chrono::steady_clock::now() + patience;
    while (second.database.counts().waiting == 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    Heard heard;
    const std::uint64_t tap = second.events.tap([&](const Event& event) { heard.add(event.payload); });
    first.publish(event_of("wanted"));
    wait([&](auto done) { first.client->end(holding, host::database::Ending::Rollback, done); });
    EXPECT_TRUE(heard.wait_for("wanted"));
    second.events.untap(tap);
}

TEST(Events, GoToTheNewInstanceAfterASwap) {
    const Server server;
    Host host(server);
    Heard old, young;
    const auto first = subscriber_of({durable("notes.*", into(old))});
    const auto second = subscriber_of({durable("notes.*", into(young))});
    host.events.activate(first);
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    host.publish(event_of("1"));
    old.wait_for(1);
    host.events.activate(second);
    host.events.retire(first);
    host.publish(event_of("2"));
    EXPECT_EQ(young.wait_for(1), (std::vector<std::string>{"2"}));
    EXPECT_EQ(old.all(), (std::vector<std::string>{"1"}));
}

TEST(Events, ReachTheInstanceThatServesAfterARollbackWithoutADatabase) {
    const Server server;
    Host host(server);
    Heard heard;
    const auto subscriber_with = [&](const std::string& plugin, const std::string& name) {
        return std::make_shared<const Subscriber>(Subscriber{plugin, {{name, "notes.*", true, into(heard)}}});
    };
    const auto former = subscriber_with("mailer", "former"), next = subscriber_with("mailer", "next");
    host.events.activate(former);
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    const Outage outage(host, "event_subscription");
    host.events.activate(next);
    ASSERT_TRUE(outage.wait_until_felt());
    host.events.activate(former);
    host.events.retire(next);
    outage.end();
    // Of declarations that wait the last is written last.
    host.events.activate(subscriber_with("billing", "last"));
    ASSERT_TRUE(host.wait_until("select count(*) from event_subscription where name = 'last'", 1));
    host.events.stop();
    EXPECT_EQ(host.number("select count(*) from event_subscription where name = 'former' and not retired"), 1);
    EXPECT_EQ(host.number("select count(*) from event_subscription where name = 'next'"), 0);
}

TEST(Events, SurviveTheLossOfEveryConnection) {
    const Server server;
    Host host(server);
    Heard heard;
    host.events.activate(subscriber_of({durable("notes.*", into(heard))}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    host::database::Settings superuser;
    superuser.url = as_superuser(server.url);
    superuser.connections = 1;
    host::database::Database killer(superuser, quiet_logger());
    killer.start();
    const auto axe = killer.client("gantry");
    std::vector<std::string> accepted;
    for (int i = 0; i < 200; ++i) {
        if (i % 40 == 20) {
            host::database::Statement kill(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid()");
            host::database::run(*axe, kill);
        }
        if (host.publish(event_of(std::to_string(i))).empty()) accepted.push_back(std::to_string(i));
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    std::map<std::string, int> count;
    do {
        count.clear();
        for (const std::string& each : heard.all())
            ++count[each];
    } while (count.size() < accepted.size() && std::chrono::steady_clock::now() < until);
    for (const std::string& each : accepted)
        EXPECT_GE(count[each], 1) << each;
    EXPECT_GT(accepted.size(), 150U);
}

TEST(Events, AreRefusedUnderAnotherPluginsNameOrWithABrokenOne) {
    const Server server;
    Host host(server);
    Event event = event_of("x");
    event.source = "bills";
    EXPECT_THROW(host.publish(event), host::core::Error);
    EXPECT_THROW(host.publish(event_of("x", "notes")), host::core::Error);
    EXPECT_THROW(host.publish(event_of(std::string(1024 * 1024, 'x'))), host::core::Error);
    EXPECT_THROW(host.publish(event_of("x", "notes.created", "evt\ndata: forged")), host::core::Error);
}

TEST(Events, AreListedPageByPageAndForgottenAfterAWhile) {
    const Server server;
    auto settings = quick_settings();
    {
        Host host(server, settings);
        for (int i = 0; i < 5; ++i)
            host.publish(event_of(std::to_string(i), i % 2 == 0 ? "notes.even" : "notes.odd"));
        Filter filter;
        filter.pattern = "notes.even";
        filter.limit = 2;
        const Page first = host.events.admin().recent(filter);
        ASSERT_EQ(first.events.size(), 2U);
        EXPECT_EQ(first.events[0]->payload, "4") << "the newest first";
        filter.cursor = first.next;
        const Page second = host.events.admin().recent(filter);
        ASSERT_EQ(second.events.size(), 1U);
        EXPECT_EQ(second.next, "");
        filter.cursor = "nonsense";
        EXPECT_THROW(host.events.admin().recent(filter), host::core::Error);
        host.command("update event set at = now() - interval '1 hour' where payload <> '4'");
    }
    settings.keep = 60s;
    Host host(server, settings);
    EXPECT_TRUE(host.wait_until("select count(*) from event", 1));
}

TEST(Events, TellHowFarASubscriptionIs) {
    const Server server;
    Host host(server);
    std::promise<void> release;
    auto released = release.get_future().share();
    host.events.activate(
        subscriber_of({durable("notes.*", [released](const Event&, std::uint32_t) -> std::optional<std::string> {
            released.wait();
            return std::nullopt;
        })}));
    ASSERT_TRUE(host.wait_until(is_claimed, 1));
    for (const char* payload : {"1", "2"})
        host.publish(event_of(payload));
    const SubscriptionStatus status = host.events.admin().subscriptions().at(0);
    EXPECT_EQ(status.plugin + "/" + status.name, "mailer/all");
    EXPECT_EQ(status.waiting, 2U);
    EXPECT_NE(status.host, "");
    release.set_value();
    EXPECT_TRUE(host.wait_until("select delivered from event_subscription", 2));
    EXPECT_EQ(host.events.admin().subscriptions().at(0).waiting, 0U);
}
