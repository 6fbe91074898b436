#include "host/kv/memory_store.hpp"

#include <gtest/gtest.h>

namespace host::kv {
namespace {

using core::Code;

Outcome put(MemoryStore& store, const std::string& key, std::string_view value = "v", std::uint64_t ttl_ms = 0) {
    return *store.now({.operation = Operation::Put, .key = key, .owner = "o", .value = value, .ttl_ms = ttl_ms});
}
bool has(MemoryStore& store, const std::string& key) {
    return !store.now({.operation = Operation::Get, .key = key, .owner = "o"})->failure;
}

TEST(MemoryStore, HoldsNoMoreEntriesThanItMay) {
    MemoryStore store({.entries_max = 1'600});
    for (int i = 0; i < 10'000; ++i)
        EXPECT_FALSE(put(store, std::to_string(i)).failure);
    const Counts counts = store.counts();
    EXPECT_LE(counts.entries, 1'600U);
    EXPECT_GT(counts.entries, 1'400U) << "the shards share evenly";
    EXPECT_EQ(counts.evicted, 10'000 - counts.entries);
    EXPECT_TRUE(has(store, "9999"));
    EXPECT_FALSE(has(store, "0"));
}

TEST(MemoryStore, HoldsNoMoreBytesThanItMay) {
    constexpr std::size_t bytes_max = 32 * 1024 * 1024;
    MemoryStore store({.bytes_max = bytes_max});
    const std::string value(500'000, 'x');
    for (int i = 0; i < 300; ++i)
        EXPECT_FALSE(put(store, std::to_string(i), value).failure);
    EXPECT_LE(store.counts().bytes, bytes_max);
    EXPECT_GT(store.counts().entries, 20U);
    for (int i = 0; i < 300; ++i) {
        if (has(store, std::to_string(i))) put(store, std::to_string(i), std::string(value_bytes_max, 'x'));
    }
    EXPECT_LE(store.counts().bytes, bytes_max) << "an entry that grows pushes others out";
}

TEST(MemoryStore, KeepsWhatIsUsed) {
    MemoryStore store({.entries_max = 160});
    put(store, "used");
    for (int i = 0; i < 5'000; ++i) {
        put(store, std::to_string(i));
        ASSERT_TRUE(has(store, "used")) << i;
    }
}

TEST(MemoryStore, CountsItsBytesDownToNothing) {
    MemoryStore store({});
    for (int i = 0; i < 100; ++i) {
        const std::string key = std::to_string(i);
        put(store, key, "first");
        put(store, key, std::string(static_cast<std::size_t>(i), 'x'));
        store.now({.operation = Operation::Add, .key = key + "n", .owner = "o", .by = 99});
        store.now({.operation = Operation::Add, .key = key + "n", .owner = "o", .by = 1});
    }
    EXPECT_EQ(store.counts().entries, 200U);
    for (int i = 0; i < 100; ++i) {
        for (const char* suffix : {"", "n"})
            store.now({.operation = Operation::Remove, .key = std::to_string(i) + suffix, .owner = "o"});
    }
    EXPECT_EQ(store.counts().entries, 0U);
    EXPECT_EQ(store.counts().bytes, 0U);
}

TEST(MemoryStore, FreesWhatHasLivedItsTimeWithoutCountingItAsEvicted) {
    MemoryStore store({});
    for (int i = 0; i < 1'000; ++i)
        put(store, std::to_string(i), "v", 1);
    for (int i = 1'000; i < 400'000 && store.counts().entries > 600 + static_cast<std::size_t>(i) - 1'000; ++i)
        put(store, std::to_string(i));
    std::size_t left = 0;
    for (int i = 0; i < 1'000; ++i)
        left += has(store, std::to_string(i)) ? 1 : 0;
    EXPECT_EQ(left, 0U);
    EXPECT_EQ(store.counts().evicted, 0U);
}

}  // namespace
}  // namespace host::kv
