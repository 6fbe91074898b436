#include "host/core/back_off.hpp"

#include <gtest/gtest.h>

#include <set>

namespace host::core {
namespace {

using namespace std::chrono_literals;

TEST(BackOff, DoublesWithEachAttemptUpToTheMost) {
    for (int round = 0; round < 100; ++round) {
        const auto first = back_off(1, 1000ms, 60'000ms);
        EXPECT_TRUE(first >= 500ms && first <= 1000ms) << first.count();
        const auto fourth = back_off(4, 1000ms, 60'000ms);
        EXPECT_TRUE(fourth >= 4000ms && fourth <= 8000ms) << fourth.count();
        for (const std::uint32_t attempt : {7u, 100u, 4'000'000'000u}) {
            const auto late = back_off(attempt, 1000ms, 60'000ms);
            EXPECT_TRUE(late >= 30'000ms && late <= 60'000ms) << attempt << ": " << late.count();
        }
    }
}

TEST(BackOff, ScattersWhatFailedTogether) {
    std::set<std::chrono::milliseconds> pauses;
    for (int failure = 0; failure < 100; ++failure)
        pauses.insert(back_off(1, 3'600'000ms, 3'600'000ms));
    EXPECT_GT(pauses.size(), 90U);
}

}  // namespace
}  // namespace host::core
