#include "host/plugin/thread_census.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

namespace host::plugin {
namespace {

using namespace std::chrono_literals;

TEST(ThreadCensus, CountsAThreadThatIsStillThere) {
    ThreadCensus census;
    std::promise<void> go;
    std::thread thread;
    {
        const ThreadCensus::Watch watch(census);
        thread = std::thread([wait = go.get_future()]() mutable { wait.get(); });
    }
    EXPECT_EQ(census.survivors(0ms), 1u);
    go.set_value();
    thread.join();
    EXPECT_EQ(census.survivors(), 0u);
}

TEST(ThreadCensus, CountsNothingFromOutsideTheWatch) {
    ThreadCensus census;
    std::promise<void> go;
    { const ThreadCensus::Watch watch(census); }
    std::thread thread([wait = go.get_future()]() mutable { wait.get(); });
    EXPECT_EQ(census.survivors(0ms), 0u);
    go.set_value();
    thread.join();
}

}  // namespace
}  // namespace host::plugin
