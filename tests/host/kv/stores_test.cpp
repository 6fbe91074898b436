// What every store does alike.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "host/database/migrator.hpp"
#include "tests/host/kv/kv_fixture.hpp"
#include "tests/support/redis.hpp"

namespace host::kv {
namespace {

using core::Code;

// The servers of this test binary.
tests::RedisServer& redis() {
    static tests::RedisServer server;
    static const bool started = (server.start(), true);
    (void)started;
    return server;
}

database::Database& postgresql() {
    static database::Database database(tests::fresh_settings(), tests::quiet_logger());
    static const bool started = [] {
        database.start();
        database::Migrator(database.access(), tests::quiet_logger())
            .apply("gantry", std::filesystem::path(GANTRY_MIGRATIONS) / "gantry");
        return true;
    }();
    (void)started;
    return database;
}

Settings settings_of(StoreKind store) {
    Settings settings;
    settings.store = store;
    settings.deadline = std::chrono::seconds(10);
    if (store == StoreKind::Redis) settings.redis_url = redis().url();
    return settings;
}

// Each test has an owner of its own, so that they may share the servers.
std::string fresh_owner() {
    static std::atomic<int> count{0};
    return "owner" + std::to_string(++count);
}

class Stores : public testing::TestWithParam<StoreKind> {
  protected:
    Stores() { kv.start(); }
    ~Stores() override {
        client.reset();
        kv.stop();
    }

    Kv kv{settings_of(GetParam()), postgresql(), tests::quiet_logger()};
    const std::string owner = fresh_owner();
    std::unique_ptr<Client> client = kv.client(owner);
    const Caller call{*client};
};

std::string name_of(const testing::TestParamInfo<StoreKind>& store) {
    constexpr const char* names[] = {"Memory", "Postgresql", "Redis"};
    return names[static_cast<std::size_t>(store.param)];
}
INSTANTIATE_TEST_SUITE_P(All, Stores, testing::Values(StoreKind::Memory, StoreKind::Postgresql, StoreKind::Redis), name_of);

TEST_P(Stores, GiveBackTheBytesThatWerePut) {
    EXPECT_EQ(call.get("a").failure, Code::NotFound);
    const std::string bytes("\0\xff\r\n$-1 'x'", 11);
    const Outcome put = call.put("a", bytes);
    EXPECT_FALSE(put.failure) << put.reason;
    const Outcome got = call.get("a");
    EXPECT_FALSE(got.failure);
    EXPECT_EQ(got.value, bytes);
    EXPECT_EQ(got.version, put.version);
    EXPECT_FALSE(call.put("a", "").failure);
    EXPECT_EQ(call.get("a").value, "");
    const std::string large(value_bytes_max, 'x');
    EXPECT_FALSE(call.put("a", large).failure);
    EXPECT_EQ(call.get("a").value, large);
}

TEST_P(Stores, TakeAnyBytesForAKey) {
    const std::string keys[] = {std::string("\0", 1), "\xff\xfe", ":k:", "a b\r\n", std::string(key_bytes_max, 'k')};
    for (const std::string& key : keys)
        EXPECT_FALSE(call.put(key, key).failure);
    for (const std::string& key : keys)
        EXPECT_EQ(call.get(key).value, key);
}

TEST_P(Stores, RefuseWhatIsBeyondTheirLimits) {
    EXPECT_EQ(call.get("").failure, Code::InvalidArgument);
    EXPECT_EQ(call.get(std::string(key_bytes_max + 1, 'k')).failure, Code::InvalidArgument);
    EXPECT_EQ(call.put("a", std::string(value_bytes_max + 1, 'v')).failure, Code::InvalidArgument);
    EXPECT_EQ(call.put("a", "", UINT64_MAX).failure, Code::InvalidArgument);
    EXPECT_EQ(call.put("a", "", 0, UINT64_MAX - 1).failure, Code::InvalidArgument);
    EXPECT_EQ(call.limit("a", 0, 1000).failure, Code::InvalidArgument);
    EXPECT_EQ(call.limit("a", 1, 0).failure, Code::InvalidArgument);
    EXPECT_EQ(call.limit("a", 1, window_ms_max + 1).failure, Code::InvalidArgument);
}

TEST_P(Stores, KeepOwnersApart) {
    const std::unique_ptr<Client> other = kv.client(fresh_owner());
    call.put("a", "mine");
    call.limit("a", 1, 60'000);
    EXPECT_EQ(Caller(*other).get("a").failure, Code::NotFound);
    EXPECT_FALSE(Caller(*other).limit("a", 1, 60'000).failure);
    EXPECT_EQ(Caller(*other).remove("a").failure, Code::NotFound);
    EXPECT_EQ(call.get("a").value, "mine");
    const std::unique_ptr<Client> same = kv.client(owner);
    EXPECT_EQ(Caller(*same).get("a").value, "mine") << "two generations of a plugin are one owner";
}

TEST_P(Stores, PutOnlyWhatTheConditionAllows) {
    const Outcome first = call.put("a", "1", 0, only_if_absent);
    EXPECT_FALSE(first.failure);
    EXPECT_EQ(call.put("a", "2", 0, only_if_absent).failure, Code::Conflict);
    EXPECT_EQ(call.put("a", "2", 0, first.version + 1).failure, Code::Conflict);
    const Outcome second = call.put("a", "2", 0, first.version);
    EXPECT_FALSE(second.failure);
    EXPECT_NE(second.version, first.version);
    EXPECT_EQ(call.put("a", "3", 0, first.version).failure, Code::Conflict) << "the version is over";
    EXPECT_EQ(call.get("a").value, "2");
    EXPECT_EQ(call.put("b", "1", 0, second.version).failure, Code::Conflict) << "what is not there is at no version";
}

TEST_P(Stores, RemoveOnlyWhatTheConditionAllows) {
    EXPECT_EQ(call.remove("a").failure, Code::NotFound);
    EXPECT_EQ(call.remove("a", 7).failure, Code::NotFound);
    const Outcome put = call.put("a", "1");
    EXPECT_EQ(call.remove("a", put.version + 1).failure, Code::Conflict);
    EXPECT_FALSE(call.remove("a", put.version).failure);
    EXPECT_EQ(call.get("a").failure, Code::NotFound);
    const Outcome again = call.put("a", "1");
    EXPECT_NE(again.version, put.version) << "a version never comes again";
    EXPECT_FALSE(call.remove("a").failure);
}

TEST_P(Stores, ForgetWhatHasLivedItsTime) {
    call.put("short", "x", 30);
    call.put("long", "x", 600'000);
    call.put("kept", "x", 30);
    call.put("kept", "y");
    EXPECT_TRUE(until([&] { return call.get("short").failure == Code::NotFound; }));
    EXPECT_EQ(call.get("long").value, "x");
    EXPECT_EQ(call.get("kept").value, "y") << "a put without a time takes the time away";
    EXPECT_EQ(call.remove("short").failure, Code::NotFound);
    EXPECT_EQ(call.put("short", "y", 0, 1).failure, Code::Conflict);
    EXPECT_FALSE(call.put("short", "y", 0, only_if_absent).failure) << "what has lived its time is absent";
}

TEST_P(Stores, CountUpAndDown) {
    EXPECT_EQ(call.add("n", 5).sum, 5);
    EXPECT_EQ(call.add("n", -7).sum, -2);
    EXPECT_EQ(call.get("n").value, "-2");
    const std::int64_t large = INT64_MAX - 3;
    EXPECT_EQ(call.add("n", large).sum, large - 2) << "to the last bit";
    EXPECT_EQ(call.add("n", 5).sum, INT64_MAX);
    EXPECT_EQ(call.add("n", 1).failure, Code::InvalidArgument);
    EXPECT_EQ(call.get("n").value, std::to_string(INT64_MAX)) << "what fails changes nothing";
    call.put("word", "seven");
    EXPECT_EQ(call.add("word", 1).failure, Code::Conflict);
    EXPECT_EQ(call.get("word").value, "seven");
    call.put("seven", "7");
    const Outcome eight = call.add("seven", 1);
    EXPECT_EQ(eight.sum, 8);
    EXPECT_EQ(call.get("seven").version, eight.version);
}

TEST_P(Stores, LetACounterLiveFromItsBegin) {
    call.add("n", 1, 150);
    EXPECT_TRUE(until([&] { return call.add("n", 1, 150).sum == 1; })) << "adding does not give it more time";
}

TEST_P(Stores, KeepTheTimeOfACounterThatCannotBeAddedTo) {
    call.put("word", "seven", 150);
    EXPECT_EQ(call.add("word", 1).failure, Code::Conflict);
    call.put("full", std::to_string(INT64_MAX), 150);
    EXPECT_EQ(call.add("full", 1).failure, Code::InvalidArgument);
    EXPECT_TRUE(until([&] { return call.get("word").failure == Code::NotFound; }));
    EXPECT_TRUE(until([&] { return call.get("full").failure == Code::NotFound; }));
}

TEST_P(Stores, GiveAValueItsTimeWithACondition) {
    const Outcome first = call.put("a", "1", 0, only_if_absent);
    EXPECT_FALSE(call.put("a", "2", 30, first.version).failure);
    EXPECT_TRUE(until([&] { return call.get("a").failure == Code::NotFound; }));
    EXPECT_FALSE(call.put("a", "3", 30, only_if_absent).failure);
    EXPECT_TRUE(until([&] { return call.get("a").failure == Code::NotFound; }));
}

TEST_P(Stores, LoseNoAdditionOfMany) {
    constexpr int threads_n = 4;
    constexpr int rounds = 50;
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_n; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < rounds; ++i)
                EXPECT_FALSE(call.add("n", 1).failure);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(call.get("n").value, std::to_string(threads_n * rounds));
}

TEST_P(Stores, LetOneOfManyWinACompareAndSet) {
    constexpr int threads_n = 4;
    constexpr int wins = 10;
    call.put("n", "0");
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_n; ++t) {
        threads.emplace_back([&] {
            for (int won = 0; won < wins;) {
                const Outcome seen = call.get("n");
                const Outcome put = call.put("n", std::to_string(std::stoi(seen.value) + 1), 0, seen.version);
                if (!put.failure) ++won;
                EXPECT_EQ(put.failure.value_or(Code::Conflict), Code::Conflict) << put.reason;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(call.get("n").value, std::to_string(threads_n * wins));
}

TEST_P(Stores, LetNoMoreThroughThanTheLimit) {
    for (std::uint64_t left = 3; left-- > 0;) {
        const Outcome allowed = call.limit("a", 3, 3'600'000);
        EXPECT_FALSE(allowed.failure) << allowed.reason;
        EXPECT_EQ(allowed.remaining, left);
    }
    const Outcome refused = call.limit("a", 3, 3'600'000);
    EXPECT_EQ(refused.failure, Code::Limit);
    EXPECT_GT(refused.retry_after_ms, 3'000'000U);
    EXPECT_LE(refused.retry_after_ms, 3'600'000U + 2 * 225'000U);
    EXPECT_FALSE(call.limit("a", 4, 3'600'000).failure) << "a higher limit has room";
    EXPECT_FALSE(call.limit("a", 1, 60'000).failure) << "another window is another limit";
    EXPECT_FALSE(call.limit("b", 1, 3'600'000).failure);
    EXPECT_EQ(call.get("a").failure, Code::NotFound) << "limits are not values";
}

TEST_P(Stores, LetThroughAgainWhenTheWindowHasPassed) {
    EXPECT_FALSE(call.limit("a", 1, 200).failure);
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_TRUE(until([&] { return !call.limit("a", 1, 200).failure; }));
    // The clocks that count are those of the stores, in whole milliseconds.
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(180));
}

TEST_P(Stores, LetNoMoreThroughHoweverManyAskAtOnce) {
    std::atomic<int> allowed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                const Outcome outcome = call.limit("a", 30, 3'600'000);
                if (!outcome.failure) ++allowed;
                EXPECT_EQ(outcome.failure.value_or(Code::Limit), Code::Limit) << outcome.reason;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(allowed, 30);
}

TEST_P(Stores, TakeNothingMoreFromWhoHasLeft) {
    client->abandon();
    const Outcome outcome = call.get("a");
    // Memory has nothing open that could be waited for, so it need not refuse.
    EXPECT_EQ(outcome.failure, kv.is_remote() ? Code::Cancelled : Code::NotFound);
}

TEST_P(Stores, SayHowMuchTheyDid) {
    const Counts before = kv.counts();
    call.put("a", "1");
    call.get("a");
    call.get("b");
    // A completion comes before its count is seen by all.
    EXPECT_TRUE(until([&] { return kv.counts().operations == before.operations + 3 && kv.counts().waiting == 0; }));
    EXPECT_EQ(kv.counts().misses, before.misses + 1);
    EXPECT_EQ(kv.counts().failures, 0U);
    EXPECT_TRUE(kv.counts().available);
}

}  // namespace
}  // namespace host::kv
