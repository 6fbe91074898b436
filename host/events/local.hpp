#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/events/event.hpp"
#include "host/log/logger.hpp"

namespace host::events {

// Tells the subscribers of this process that are not durable, and whoever taps the stream. Each subscriber has a queue of
// its own and hears one event at a time, in order; one that is too slow loses the oldest. Any thread.
class Local {
  public:
    // `refused` is called when the pool was full: offer_again() is then to be called soon. On any thread.
    Local(core::ThreadPool& pool, std::size_t queue_max, log::Logger logger, std::function<void()> refused);
    // Waits for the pool's threads that are here.
    ~Local();
    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;

    // As Floor::activate() of jobs: the subscriber's own are told from now on, in place of the plugin's former.
    void activate(const SubscriberPointer& subscriber);
    void retire(const Subscriber& subscriber);

    // Called with every event, on the publisher's thread: short, and must not throw.
    std::uint64_t tap(std::function<void(const Event&)> tapped);
    // No call is under way when it returns. Not inside a call.
    void untap(std::uint64_t tap);

    void publish(EventPointer event);
    // Events that wait for a thread of the pool get one now, if it has one. False: some still wait.
    bool offer_again();
    // Does anybody listen?
    bool wanted() const { return listeners_ != 0; }

    std::uint64_t delivered() const { return delivered_; }
    std::uint64_t dropped() const { return dropped_; }

  private:
    using Key = std::pair<std::string, std::string>;
    struct Line {
        std::mutex mutex;
        std::string pattern;
        std::string name;              // for the log
        SubscriberPointer subscriber;  // null: retired
        Deliver deliver;
        std::deque<EventPointer> waiting;
        bool active = false;  // a pool thread is here or on its way
    };

    bool queue(Line& line, const EventPointer& event);
    bool call_hand(const std::shared_ptr<Line>& line);
    void note_refusal();
    void work(const std::shared_ptr<Line>& line);
    void count_listeners();

    core::ThreadPool& pool_;
    const std::size_t queue_max_;
    const log::Logger logger_;
    const std::function<void()> refused_;
    std::atomic<bool> some_refused_{false};  // that was told
    std::shared_mutex lines_mutex_;
    std::map<Key, std::shared_ptr<Line>> lines_;
    std::shared_mutex taps_mutex_;
    std::map<std::uint64_t, std::function<void(const Event&)>> taps_;
    std::atomic<std::size_t> listeners_{0};
    std::atomic<std::uint64_t> delivered_{0}, dropped_{0};
    std::mutex hands_mutex_;
    std::condition_variable no_hands_;
    std::size_t hands_ = 0;
};

}  // namespace host::events
