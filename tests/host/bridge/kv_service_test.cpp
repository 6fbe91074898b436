#include "host/bridge/kv_service.hpp"

#include <gtest/gtest.h>

#include <array>

#include "host/bridge/host_table.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {
namespace {

// One instance's table over a store in memory.
class KvServiceTest : public testing::Test {
  protected:
    struct Side {
        Side(const std::string& id, kv::Kv* kv)
            : table({id, "/", {GANTRY_KV}}, {.add_route = [](http::Route) {}, .record = [](auto&&...) {}}, {.kv = kv},
                    log::Logger(log::open_memory({}, lines), id)) {}
        const gantry_host* host() const { return table.host(); }

        std::string lines;
        HostTable table;
    };

    // What the store answers at once; the callback must not come.
    struct Now {
        Now() { result.struct_size = sizeof result; }
        ~Now() {
            if (result.value.release != nullptr)
                result.value.release(result.value.context, result.value.data, result.value.size);
        }
        std::string value() const { return {static_cast<const char*>(result.value.data), result.value.size}; }
        gantry_kv_result result{};
    };
    static void never(void*, gantry_status, const gantry_kv_result*, const gantry_error*) { FAIL() << "called back"; }
    static gantry_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

    std::string lines;
    database::Database database{{}, log::Logger(log::open_memory({}, lines), "database")};
    kv::Kv kv{{}, database, log::Logger(log::open_memory({}, lines), "kv")};
    const gantry_kv& service = KvService::table();
};

TEST_F(KvServiceTest, AnswersAtOnceFromMemory) {
    Side side("notes", &kv);
    Now put;
    ASSERT_EQ(service.put(side.host(), str("k"), bytes("value"), 0, GANTRY_KV_ABSENT, &put.result, never, nullptr),
              GANTRY_OK);
    Now got;
    ASSERT_EQ(service.get(side.host(), str("k"), &got.result, never, nullptr), GANTRY_OK);
    EXPECT_EQ(got.value(), "value");
    EXPECT_EQ(got.result.version, put.result.version);
    Now conflict;
    EXPECT_EQ(service.put(side.host(), str("k"), bytes("x"), 0, GANTRY_KV_ABSENT, &conflict.result, never, nullptr),
              GANTRY_E_CONFLICT);
    Now sum;
    EXPECT_EQ(service.add(side.host(), str("n"), -3, 0, &sum.result, never, nullptr), GANTRY_OK);
    EXPECT_EQ(sum.result.sum, -3);
    Now removed;
    EXPECT_EQ(service.remove(side.host(), str("k"), 0, &removed.result, never, nullptr), GANTRY_OK);
    EXPECT_EQ(service.remove(side.host(), str("k"), 0, &removed.result, never, nullptr), GANTRY_E_NOT_FOUND);
    Now limit;
    EXPECT_EQ(service.limit(side.host(), str("l"), 1, 60'000, &limit.result, never, nullptr), GANTRY_OK);
    EXPECT_EQ(service.limit(side.host(), str("l"), 1, 60'000, &limit.result, never, nullptr), GANTRY_E_LIMIT);
    EXPECT_GT(limit.result.retry_after_ms, 0U);
}

TEST_F(KvServiceTest, SharesKeysBetweenGenerationsAndNotBetweenPlugins) {
    Side former("notes", &kv);
    Side next("notes", &kv);
    Side other("other", &kv);
    Now now;
    ASSERT_EQ(service.put(former.host(), str("k"), bytes("v"), 0, 0, &now.result, never, nullptr), GANTRY_OK);
    Now next_now;
    EXPECT_EQ(service.get(next.host(), str("k"), &next_now.result, never, nullptr), GANTRY_OK);
    Now other_now;
    EXPECT_EQ(service.get(other.host(), str("k"), &other_now.result, never, nullptr), GANTRY_E_NOT_FOUND);
}

TEST_F(KvServiceTest, RefusesWhatBreaksTheContractAndSaysItInThePluginsLog) {
    Side side("notes", &kv);
    Now now;
    EXPECT_EQ(service.get(side.host(), str("k"), nullptr, never, nullptr), GANTRY_E_INVALID);
    EXPECT_EQ(service.get(side.host(), str("k"), &now.result, nullptr, nullptr), GANTRY_E_INVALID);
    gantry_kv_result without_size{};
    EXPECT_EQ(service.get(side.host(), str("k"), &without_size, never, nullptr), GANTRY_E_INVALID);
    EXPECT_EQ(service.get(side.host(), str(""), &now.result, never, nullptr), GANTRY_E_INVALID);
    EXPECT_NE(side.lines.find("the key is empty"), std::string::npos) << side.lines;
}

TEST_F(KvServiceTest, IsUnavailableOffline) {
    Side side("notes", nullptr);
    Now now;
    EXPECT_EQ(service.get(side.host(), str("k"), &now.result, never, nullptr), GANTRY_E_UNAVAILABLE);
    EXPECT_TRUE(side.table.silence(std::chrono::steady_clock::now()));
}

TEST_F(KvServiceTest, IsUnavailableAtOnceWhileTheStoreIsAway) {
    kv::Settings settings;
    settings.store = kv::StoreKind::Redis;
    settings.redis_url = "unix:/nowhere/redis.sock";
    settings.deadline = std::chrono::milliseconds(100);
    kv::Kv away(settings, database, log::Logger(log::open_memory({}, lines), "kv"));
    away.start();
    Side side("notes", &away);
    Now now;
    EXPECT_EQ(service.get(side.host(), str("k"), &now.result, never, nullptr), GANTRY_E_UNAVAILABLE);
    EXPECT_TRUE(side.table.silence(std::chrono::steady_clock::now()));
    away.stop();
}

}  // namespace
}  // namespace host::bridge
