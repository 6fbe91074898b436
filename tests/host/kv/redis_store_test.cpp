// A Redis that comes, goes, hangs, forgets and refuses.
#include "host/kv/redis_store.hpp"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <atomic>
#include <set>

#include "tests/host/kv/kv_fixture.hpp"
#include "tests/support/redis.hpp"

namespace host::kv {
namespace {

using core::Code;
using namespace std::chrono_literals;

class RedisStoreTest : public testing::Test {
  protected:
    void use(std::string url, std::chrono::milliseconds deadline = 5s) {
        Settings settings;
        settings.store = StoreKind::Redis;
        settings.redis_url = std::move(url);
        settings.deadline = deadline;
        store = std::make_unique<RedisStore>(settings, log::Logger(log::open_memory({}, lines), "kv"));
        client = std::make_unique<Client>(*store, "o");
        store->start();
    }
    Caller call() const { return Caller(*client); }
    bool comes_back() const {
        return until([&] { return !call().put("again", "x").failure; });
    }
    // A command of the test's own.
    void ask(const char* command) const {
        const std::unique_ptr<redisContext, decltype(&redisFree)> context(redisConnectUnix(server.socket().c_str()),
                                                                          redisFree);
        const ReplyPointer reply(static_cast<redisReply*>(redisCommand(context.get(), command)));
        ASSERT_NE(reply, nullptr);
    }

    // A figure of Redis's own: the number behind the name in INFO, 0 if it is not there.
    std::uint64_t figure(const char* command, const std::string& name) const {
        const std::unique_ptr<redisContext, decltype(&redisFree)> context(redisConnectUnix(server.socket().c_str()),
                                                                          redisFree);
        const ReplyPointer reply(static_cast<redisReply*>(redisCommand(context.get(), command)));
        const std::string_view text(reply->str, reply->len);
        const std::size_t at = text.find(name);
        return at == std::string_view::npos ? 0 : std::stoull(std::string(text.substr(at + name.size(), 20)));
    }
    // Holds the store's own thread in a completion until the result is let go.
    std::promise<void> hold() const {
        std::promise<void> let_go;
        std::promise<void> inside;
        store->begin({.operation = Operation::Get, .key = "a", .owner = "o"},
                     [&inside, may_go = let_go.get_future().share()](Outcome&&) {
                         inside.set_value();
                         may_go.wait();
                     });
        inside.get_future().wait();
        return let_go;
    }

    std::string lines;
    tests::RedisServer server;
    std::unique_ptr<RedisStore> store;
    std::unique_ptr<Client> client;
};

TEST_F(RedisStoreTest, RefusesAtOnceWhileRedisIsAwayAndServesWhenItComes) {
    use(server.url(), 30s);
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 1'000; ++i)
        ASSERT_EQ(call().get("a").failure, Code::Unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    EXPECT_FALSE(store->counts().available);
    EXPECT_EQ(store->counts().failures, 1'000U);
    server.start();
    EXPECT_TRUE(comes_back());
    EXPECT_TRUE(store->counts().available);
}

TEST_F(RedisStoreTest, SurvivesTheDeathOfRedis) {
    server.start();
    use(server.url());
    EXPECT_FALSE(call().put("a", "x").failure);
    server.kill();
    EXPECT_TRUE(until([&] { return call().get("a").failure == Code::Unavailable; }));
    server.start();
    EXPECT_TRUE(comes_back());
    EXPECT_EQ(call().get("a").failure, Code::NotFound) << "it kept nothing on disk";
}

TEST_F(RedisStoreTest, WaitsNoLongerThanTheDeadlineForARedisThatHangs) {
    server.start();
    use(server.url(), 300ms);
    EXPECT_FALSE(call().put("a", "x").failure);
    server.freeze();
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(call().get("a").failure, Code::Unavailable);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 250ms);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    EXPECT_EQ(call().get("a").failure, Code::Unavailable);
    server.thaw();
    EXPECT_TRUE(comes_back());
    EXPECT_EQ(call().get("a").value, "x");
}

TEST_F(RedisStoreTest, SendsAScriptAgainThatRedisHasForgotten) {
    server.start();
    use(server.url());
    ask("SCRIPT FLUSH");
    EXPECT_EQ(call().add("n", 1).sum, 1);
    EXPECT_FALSE(call().put("a", "x").failure);
    EXPECT_EQ(call().add("n", 1).sum, 2);
    EXPECT_EQ(call().limit("l", 5, 60'000).remaining, 4U);
}

TEST_F(RedisStoreTest, AnswersManyThatAskAtOnce) {
    server.start();
    use(server.url());
    constexpr int count = 5'000;
    std::atomic<int> right{0};
    std::promise<void> all;
    std::atomic<int> left{count};
    for (int i = 0; i < count; ++i) {
        client->run({.operation = Operation::Add, .key = "n", .by = 1}, [&]() -> Completion {
            return [&, i](Outcome&& outcome) {
                // One connection: the order is kept.
                if (outcome.sum == i + 1) ++right;
                if (--left == 0) all.set_value();
            };
        });
    }
    all.get_future().wait();
    EXPECT_EQ(right, count);
}

TEST_F(RedisStoreTest, AsksForAScriptOnlyWhereRedisMustLookBeforeItChanges) {
    server.start();
    use(server.url());
    EXPECT_FALSE(call().put("a", "x").failure);
    EXPECT_FALSE(call().put("a", "x", 600'000).failure);
    EXPECT_FALSE(call().put("b", "x", 600'000, only_if_absent).failure);
    EXPECT_EQ(call().put("b", "x", 0, only_if_absent).failure, Code::Conflict);
    EXPECT_FALSE(call().get("a").failure);
    EXPECT_FALSE(call().remove("a").failure);
    EXPECT_EQ(figure("INFO commandstats", "cmdstat_evalsha:calls="), 0U);
    EXPECT_FALSE(call().put("b", "y", 0, call().get("b").version).failure);
    EXPECT_EQ(figure("INFO commandstats", "cmdstat_evalsha:calls="), 1U);
}

TEST_F(RedisStoreTest, SendsInOneWriteWhatHasGathered) {
    constexpr int count = 100;
    server.start();
    use(server.url());
    std::promise<void> let_go = hold();
    const std::uint64_t before = figure("INFO stats", "total_reads_processed:");
    std::promise<void> all;
    int left = count;
    for (int i = 0; i < count; ++i)
        store->begin({.operation = Operation::Put, .key = "a", .owner = "o", .value = "x"}, [&](Outcome&&) {
            if (--left == 0) all.set_value();
        });
    let_go.set_value();
    all.get_future().wait();
    // Beside ours the one that asks, and each reads the end of the one before.
    EXPECT_LE(figure("INFO stats", "total_reads_processed:") - before, 5U);
}

TEST_F(RedisStoreTest, TakesWhatACompletionBegins) {
    server.start();
    use(server.url());
    std::promise<Outcome> second;
    store->begin({.operation = Operation::Put, .key = "a", .owner = "o", .value = "x"}, [&](Outcome&&) {
        store->begin({.operation = Operation::Get, .key = "a", .owner = "o"},
                     [&](Outcome&& outcome) { second.set_value(std::move(outcome)); });
    });
    EXPECT_EQ(second.get_future().get().value, "x");
}

TEST_F(RedisStoreTest, GivesNoVersionTwiceToTwoHosts) {
    server.start();
    use(server.url());
    Settings settings;
    settings.redis_url = server.url();
    std::string its_lines;
    RedisStore other(settings, log::Logger(log::open_memory({}, its_lines), "kv"));
    other.start();
    Client its(other, "o");
    const Outcome mine = call().put("a", "x");
    const Outcome theirs = Caller(its).put("a", "x");
    EXPECT_NE(mine.version, theirs.version);
    EXPECT_EQ(call().put("a", "y", 0, mine.version).failure, Code::Conflict);
    EXPECT_FALSE(call().put("a", "y", 0, theirs.version).failure);
}

TEST_F(RedisStoreTest, ReadsNothingIntoWhatNoHostHasWritten) {
    server.start();
    use(server.url());
    ask("SET gantry:o:k:short x");
    ask("SET gantry:o:k:long a-word-that-is-no-version");
    ask("HSET gantry:o:k:hash d x");
    EXPECT_EQ(call().get("short").failure, Code::Internal);
    EXPECT_EQ(call().get("long").failure, Code::Internal);
    EXPECT_EQ(call().get("hash").failure, Code::Unavailable);
    for (const char* key : {"short", "long", "hash"})
        EXPECT_FALSE(call().put(key, "mine").failure) << key;
    EXPECT_EQ(call().get("hash").value, "mine");
}

TEST_F(RedisStoreTest, CompletesWhatIsOpenWhenItStops) {
    server.start();
    use(server.url(), 30s);
    server.freeze();
    std::promise<Outcome> promise;
    client->run({.operation = Operation::Get, .key = "a"},
                [&]() -> Completion { return [&](Outcome&& outcome) { promise.set_value(std::move(outcome)); }; });
    store->stop();
    EXPECT_EQ(promise.get_future().get().failure, Code::Cancelled);
    EXPECT_EQ(call().get("a").failure, Code::Cancelled);
    server.thaw();
}

TEST_F(RedisStoreTest, RefusesWhatWouldPileUp) {
    server.start();
    Settings settings;
    settings.redis_url = server.url();
    settings.deadline = 30s;
    settings.queue_max = 2;
    std::promise<void> inside;
    std::promise<void> leave;
    const std::shared_future<void> may_leave = leave.get_future().share();
    RedisStore small(settings, log::Logger(log::open_memory({}, lines), "kv"));
    small.start();
    // Its own completion holds the thread, so that the queue fills.
    small.begin({.operation = Operation::Get, .key = "a", .owner = "o"}, [&, may_leave](Outcome&&) {
        inside.set_value();
        may_leave.wait();
    });
    inside.get_future().wait();
    for (int i = 0; i < 2; ++i)
        small.begin({.operation = Operation::Get, .key = "a", .owner = "o"}, [](Outcome&&) {});
    try {
        small.begin({.operation = Operation::Get, .key = "a", .owner = "o"}, [](Outcome&&) {});
        ADD_FAILURE() << "a third one was taken";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), Code::Busy);
    }
    leave.set_value();
}

TEST_F(RedisStoreTest, RefusesWhatWouldPileUpBeforeARedisThatHangs) {
    server.start();
    Settings settings;
    settings.redis_url = server.url();
    settings.deadline = 30s;
    settings.queue_max = 2;
    RedisStore small(settings, log::Logger(log::open_memory({}, lines), "kv"));
    small.start();
    server.freeze();
    int taken = 0;
    for (int i = 0; i < 2'000; ++i) {
        try {
            small.begin({.operation = Operation::Put, .key = "a", .owner = "o", .value = "x"}, [](Outcome&&) {});
            ++taken;
        } catch (const core::Error& error) {
            EXPECT_EQ(error.code(), Code::Busy);
        }
    }
    EXPECT_EQ(taken, 2) << "what was sent and is not answered waits, too";
    small.stop();
    server.thaw();
}

// Each thread has a key of its own, so whatever it reads there is its own, whatever happens to Redis meanwhile.
TEST_F(RedisStoreTest, GivesEachItsOwnAnswerThoughRedisDiesAndForgets) {
    server.start();
    use(server.url(), 30s);
    std::atomic<bool> over{false};
    std::atomic<int> wrong{0}, right{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            const std::string key = "key" + std::to_string(thread);
            std::set<std::string> written;  // the last that was certain, and what may have been written since
            for (int i = 0; !over; ++i) {
                const std::string value = key + "=" + std::to_string(i);
                const Outcome put = call().put(key, value);
                if (!put.failure) written.clear();
                written.insert(value);
                const Outcome got = call().get(key);
                const bool lost = got.failure == Code::NotFound || got.failure == Code::Unavailable;
                if (got.failure ? !lost : written.count(got.value) == 0) ++wrong;
                if (!put.failure && !got.failure && got.version != put.version) ++wrong;
                // A new Redis counts from nothing.
                const Outcome added = call().add(key + "n", 1);
                if (added.failure ? added.failure != Code::Unavailable : added.sum < 1 || added.sum > i + 1) ++wrong;
                if (!added.failure) ++right;
            }
        });
    }
    const auto answered = [&](int count) {
        return until([&, until_count = right + count] { return right >= until_count; });
    };
    for (int round = 0; round < 2; ++round) {
        EXPECT_TRUE(answered(100));
        ask("SCRIPT FLUSH");
        EXPECT_TRUE(answered(100));
        server.kill();
        server.start();
    }
    EXPECT_TRUE(answered(100));
    over = true;
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(store->counts().waiting, 0U);
}

class RedisWithPassword : public RedisStoreTest {
  protected:
    RedisWithPassword() { locked.start(); }
    tests::RedisServer locked{{"--requirepass", "open:sesame"}};
};

TEST_F(RedisWithPassword, ServesWhoKnowsIt) {
    // A password in a URL stands before an address; this one is spoken to by a socket, so it goes in by hand.
    RedisAddress address = parse_redis_url(locked.url());
    address.password = "open:sesame";
    RedisLink link(address, core::Monotonic::now() + 5s, -1);
    EXPECT_EQ(link.ask({"PING"})->type, REDIS_REPLY_STATUS);
}

TEST_F(RedisWithPassword, IsAwayForWhoDoesNot) {
    use(locked.url());
    EXPECT_EQ(call().get("a").failure, Code::Unavailable);
    store->stop();
    EXPECT_NE(lines.find("NOAUTH"), std::string::npos) << lines;
}

TEST(RedisAddress, IsReadFromAUrl) {
    const RedisAddress plain = parse_redis_url("redis://cache.example.org");
    EXPECT_EQ(plain.host + ":" + std::to_string(plain.port), "cache.example.org:6379");
    const RedisAddress all = parse_redis_url("redis://me:p%40ss:word@[::1]:7000/3");
    EXPECT_EQ(all.host, "::1");
    EXPECT_EQ(all.port, 7000);
    EXPECT_EQ(all.user, "me");
    EXPECT_EQ(all.password, "p@ss:word");
    EXPECT_EQ(all.number, 3U);
    const RedisAddress local = parse_redis_url("unix:/run/redis.sock?db=2");
    EXPECT_EQ(local.socket, "/run/redis.sock");
    EXPECT_EQ(local.number, 2U);
}

TEST(RedisAddress, IsRefusedWithoutRepeatingASecret) {
    for (const char* url : {"http://x", "redis://", "redis://:s3cret@", "redis://u:s3cret@h:port", "redis://u:s3cret%4@h",
                            "redis://h/x", "redis://h:70000", "redis://[::1", "unix:relative"}) {
        try {
            parse_redis_url(url);
            ADD_FAILURE() << url;
        } catch (const core::Error& error) {
            EXPECT_EQ(error.code(), Code::InvalidArgument);
            EXPECT_EQ(std::string(error.what()).find("s3cret"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace host::kv
