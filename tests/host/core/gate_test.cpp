#include "host/core/gate.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace host::core {
namespace {

using namespace std::chrono_literals;

TEST(Gate, ClosesAtOnceWhenNobodyIsInside) {
    Gate gate;
    EXPECT_TRUE(gate.close(std::chrono::steady_clock::now()));
    EXPECT_FALSE(Gate::Pass(gate));
}

TEST(Gate, WaitsForThoseInsideAndTellsWhenTheyStay) {
    Gate gate;
    std::promise<void> inside;
    std::promise<void> leave;
    std::thread guest([&] {
        Gate::Pass pass(gate);
        inside.set_value();
        leave.get_future().wait();
    });
    inside.get_future().wait();
    EXPECT_FALSE(gate.close(std::chrono::steady_clock::now()));
    EXPECT_EQ(gate.inside(), 1);
    leave.set_value();
    EXPECT_TRUE(gate.close(std::chrono::steady_clock::now() + 10s));
    guest.join();
}

TEST(Gate, LetsNobodyThroughWhoComesWhileItCloses) {
    Gate gate;
    std::atomic<bool> over{false};
    std::atomic<int> late{0};
    std::vector<std::thread> guests;
    for (int i = 0; i < 4; ++i) {
        guests.emplace_back([&] {
            for (;;) {
                Gate::Pass pass(gate);
                if (!pass) return;
                if (over.load()) ++late;
            }
        });
    }
    ASSERT_TRUE(gate.close(std::chrono::steady_clock::now() + 10s));
    over = true;
    for (std::thread& guest : guests)
        guest.join();
    EXPECT_EQ(late, 0);
}

}  // namespace
}  // namespace host::core
