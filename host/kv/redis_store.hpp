#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/core/clock.hpp"
#include "host/kv/redis_command.hpp"
#include "host/kv/redis_link.hpp"
#include "host/kv/settings.hpp"
#include "host/kv/store.hpp"
#include "host/log/logger.hpp"

namespace host::kv {

// In a Redis that several hosts share. One thread with one connection sends whatever has gathered and takes the replies in
// order, so that a hundred operations cost one way there and back, one write, one read and one wake-up.
//
// While Redis is away every operation is refused at once; the thread tries again, less and less often. An answer that takes
// longer than kv.deadline breaks the connection: whoever waited is told Unavailable, and whether it happened is unknown.
//
// Operations of one connection happen in the order in which they were begun; but one whose script an administrator has just
// taken from Redis is asked for again, behind those that were under way.
class RedisStore : public Store {
  public:
    RedisStore(const Settings& settings, log::Logger logger);
    ~RedisStore() override;

    // Waits for the first attempt to connect, at most kv.deadline.
    void start() override;
    void stop() override;
    std::optional<Outcome> now(const Request&) override { return std::nullopt; }
    void begin(const Request& request, Completion completion) override;
    Counts counts() const override;

  private:
    struct Task {
        RedisCommand command;
        Completion completion;
        core::Monotonic::time_point deadline;
    };

    void run();
    void connect_and_serve();
    void load_scripts(RedisLink& link);
    void serve(RedisLink& link);
    void take_queued(RedisLink& link);
    void append(RedisLink& link, const RedisCommand& command) const;
    static void append_with_text(RedisLink& link, const RedisCommand& command);
    void take_replies(RedisLink& link);
    bool wait(const RedisLink& link, bool sending);
    void finish(Task& task, Outcome outcome);
    void set_available(bool available);
    void fail_all(const Outcome& outcome);
    void pause(std::chrono::milliseconds duration) const;

    const Settings settings_;
    const RedisAddress address_;
    const log::Logger logger_;
    const int wake_;  // an eventfd
    const int stop_;  // another: readable from stop() on

    mutable std::mutex mutex_;
    std::condition_variable tried_;
    std::vector<Task> queue_;
    bool asleep_ = false;  // the thread waits, and whoever brings work must wake it
    bool available_ = false;
    bool attempted_ = false;
    bool stopping_ = false;

    // The thread's own.
    std::vector<Task> taken_;  // empty but for a moment: it and queue_ take turns
    std::deque<Task> sent_;
    std::array<std::string, redis_scripts_count> hashes_;

    std::atomic<std::uint64_t> operations_{0};
    std::atomic<std::uint64_t> misses_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<std::uint64_t> waiting_{0};
    std::thread thread_;
};

}  // namespace host::kv
