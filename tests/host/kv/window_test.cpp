#include "host/kv/window.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace host::kv {
namespace {

// Against a list of every call that was let through.
TEST(Window, NeverLetsMoreThroughInAnyTimeOfItsLength) {
    std::mt19937 random(7);
    for (const std::uint64_t window_ms : {1u, 7u, 16u, 100u, 1'000u, 60'000u}) {
        for (const std::uint64_t limit : {1u, 2u, 10u, 100u}) {
            Window window;
            std::deque<std::uint64_t> let_through;
            std::uint64_t now = 1'000'000;
            for (int i = 0; i < 3'000; ++i) {
                now += random() % (i % 100 == 0 ? 3 * window_ms + 1 : window_ms / 20 + 2);
                while (!let_through.empty() && let_through.front() + window_ms <= now)
                    let_through.pop_front();
                const Verdict verdict = window.admit(now, limit, window_ms);
                if (!verdict.allowed) continue;
                let_through.push_back(now);
                ASSERT_LE(let_through.size(), limit) << window_ms << " ms";
            }
        }
    }
}

TEST(Window, SaysWhenToComeAgainAndMeansIt) {
    std::mt19937 random(11);
    for (const std::uint64_t window_ms : {1u, 16u, 100u, 60'000u}) {
        Window window;
        std::uint64_t now = 5'000'000;
        for (int i = 0; i < 2'000; ++i) {
            const Verdict verdict = window.admit(now, 5, window_ms);
            if (verdict.allowed) {
                now += random() % (window_ms / 4 + 1);
                continue;
            }
            ASSERT_GT(verdict.retry_after_ms, 0U);
            ASSERT_LE(verdict.retry_after_ms, window_ms + 2 * slice_ms_of(window_ms));
            if (verdict.retry_after_ms > 1) {
                Window earlier = window;
                ASSERT_FALSE(earlier.admit(now + verdict.retry_after_ms - 1, 5, window_ms).allowed);
            }
            now += verdict.retry_after_ms;
            ASSERT_TRUE(window.admit(now, 5, window_ms).allowed);
        }
    }
}

TEST(Window, KeepsCountingWhenTheClockStepsBack) {
    Window window;
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(window.admit(10'000, 5, 1'000).allowed);
    EXPECT_FALSE(window.admit(9'000, 5, 1'000).allowed);
    EXPECT_TRUE(window.admit(12'000, 5, 1'000).allowed);
}

}  // namespace
}  // namespace host::kv
