#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/silence.hpp"
#include "host/core/thread_pool.hpp"
#include "host/events/event.hpp"
#include "host/events/line.hpp"
#include "host/events/settings.hpp"
#include "host/events/store.hpp"
#include "host/log/logger.hpp"

namespace host::events {

// Delivers durable subscriptions: each by one host, one event after the other, in order; a position is written after each
// batch, so that after a crash the last of them come again, with the same ids. Its tick() is called by the room's thread,
// the rest by any.
class Deliveries {
  public:
    using Clock = std::chrono::steady_clock;

    // `changed` is called when a batch has been delivered.
    Deliveries(const Settings& settings, core::ThreadPool& pool, log::Logger logger, std::function<void()> changed);
    // Waits for the pool's threads that are here.
    ~Deliveries();
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    void activate(const SubscriberPointer& subscriber);
    void retire(const Subscriber& subscriber);
    // Nothing more is delivered, but for the calls that are under way.
    void close();
    // False: some still are when the deadline passes.
    bool wait_idle(Clock::time_point deadline);

    // There may be something new for everybody.
    void look_everywhere();
    // The subscriptions may be free to be taken.
    void claim_soon() { claim_at_ = Clock::time_point{}; }
    // Claims, writes positions, reads and hands out. When it is to be called again at the latest.
    Clock::time_point tick(Store& store);
    // Writes what has been delivered and lets others have the subscriptions.
    void release_all(Store& store);

    std::uint64_t delivered() const { return delivered_; }
    std::uint64_t failed() const { return failed_; }
    std::uint64_t dead() const { return dead_; }

  private:
    using Key = std::pair<std::string, std::string>;
    using Entry = std::map<Key, Line>::value_type;

    std::vector<Entry*> entries(const std::function<bool(const Line&)>& wanted);
    void claim(Store& store);
    std::vector<ClaimedSubscription> claimed_of(const Store::Names& wanted, Store& store);
    void go_on(const Store::Names& wanted, const std::vector<ClaimedSubscription>& claimed);
    void give_back(const std::vector<Entry*>& entries, Store& store);
    void serve(Entry& entry, Store& store);
    bool may_be_served(const Line& line) const;
    std::optional<Line::Wish> wish_of(Line& line);
    bool settle(Entry& entry, Store& store);
    bool save(const Progress& progress, Line& line, Store& store);
    void hand_out(Line& line);
    Clock::time_point next_look_at(const Line& line);
    void work(Line& line);

    const Settings& settings_;
    core::ThreadPool& pool_;
    const log::Logger logger_;
    const std::function<void()> changed_;
    std::mutex mutex_;  // open while the database works, or a subscriber
    std::condition_variable idle_;
    std::map<Key, Line> lines_;  // none is ever taken out
    std::size_t hands_ = 0;
    bool closed_ = false;
    std::atomic<Clock::time_point> claim_at_{Clock::time_point{}};
    Clock::time_point leased_until_{};
    core::Silence silence_;  // of the hosts that have what is wanted here
    std::atomic<std::uint64_t> delivered_{0}, failed_{0}, dead_{0};
};

}  // namespace host::events
