#include "host/database/statement_cache.hpp"

#include <gtest/gtest.h>

using host::database::StatementCache;

TEST(StatementCache, LetsTheLeastRecentlyUsedGo) {
    StatementCache cache(2);
    std::optional<std::string> evicted;
    const std::string first = cache.insert("a", "select 1", evicted);
    cache.insert("a", "select 2", evicted);
    ASSERT_NE(cache.find("a", "select 1"), nullptr);
    cache.insert("a", "select 3", evicted);
    EXPECT_TRUE(evicted);
    EXPECT_EQ(cache.find("a", "select 2"), nullptr);
    EXPECT_EQ(*cache.find("a", "select 1"), first);
    EXPECT_EQ(cache.size(), 2U);
}

TEST(StatementCache, KeepsOwnersApartAndNeverReusesAName) {
    StatementCache cache(8);
    std::optional<std::string> evicted;
    const std::string of_a = cache.insert("a", "select 1", evicted);
    const std::string of_b = cache.insert("b", "select 1", evicted);
    EXPECT_NE(of_a, of_b);
    EXPECT_EQ(cache.erase("a", "select 1"), of_a);
    EXPECT_EQ(cache.erase("a", "select 1"), std::nullopt);
    EXPECT_NE(cache.insert("a", "select 1", evicted), of_a);
}
