#include "host/core/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>

#include "host/core/thread_kind.hpp"

namespace host::core {
namespace {

TEST(ThreadPool, RefusesWorkWhenItsQueueIsFull) {
    std::promise<void> started;
    std::promise<void> release;
    std::atomic<int> done{0};
    {
        ThreadPool pool("test", {.threads = 1, .queue_max = 1});
        ASSERT_TRUE(pool.post([&] {
            started.set_value();
            release.get_future().wait();
            ++done;
        }));
        started.get_future().wait();
        EXPECT_TRUE(pool.post([&] { ++done; }));
        EXPECT_FALSE(pool.post([&] { ++done; }));
        release.set_value();
    }
    EXPECT_EQ(done, 2) << "what was queued runs before the pool ends";
}

TEST(ThreadPool, WakesEveryThreadThatABurstNeeds) {
    constexpr int threads = 4;
    ThreadPool pool("test", {.threads = threads, .queue_max = 100});
    for (int round = 0; round < 50; ++round) {
        // Passes only if all threads run at once. Shared, since a thread may still be leaving when the next round begins.
        const auto together = std::make_shared<std::latch>(threads + 1);
        for (int i = 0; i < threads; ++i)
            ASSERT_TRUE(pool.post([together] { together->arrive_and_wait(); }));
        together->arrive_and_wait();
    }
}

TEST(ThreadPool, MarksItsThreadsAsBlocking) {
    std::promise<ThreadKind> kind;
    ThreadPool pool("test", {.threads = 1, .queue_max = 1});
    ASSERT_TRUE(pool.post([&] { kind.set_value(thread_kind()); }));
    EXPECT_EQ(kind.get_future().get(), ThreadKind::Blocking);
}

}  // namespace
}  // namespace host::core
