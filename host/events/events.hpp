#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/core/declarations.hpp"
#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/database/group_commit.hpp"
#include "host/events/admin.hpp"
#include "host/events/deliveries.hpp"
#include "host/events/event.hpp"
#include "host/events/local.hpp"
#include "host/events/settings.hpp"
#include "host/events/store.hpp"
#include "host/log/logger.hpp"

namespace host::events {

// Null: the event is on the disk.
using PublishDone = std::function<void(const core::Error*)>;

// The room's face: what happened, told in this process and, through an outbox table, on every host.
//
// A durable event reaches every durable subscription at least once, in the order of its key, whoever was away meanwhile;
// its id, with its source, tells a repetition. Subscribers that are not durable hear what comes while they are there.
class Events {
  public:
    // All three outlive it. Does nothing yet.
    Events(Settings settings, database::Database& database, core::ThreadPool& pool, log::Logger logger);
    // As stop().
    ~Events();
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    // After the migrations. [control]
    void start();
    // Begins no more deliveries.
    void close();
    // That, and waits for those under way. False: some still are at the deadline.
    bool drain(std::chrono::steady_clock::time_point deadline);
    // Writes the positions and lets other hosts go on. After the plugins have ended. [control]
    void stop();

    // The subscriber's subscriptions take effect in place of those its plugin had; and none of it any more. Any thread.
    void activate(SubscriberPointer subscriber);
    void retire(const SubscriberPointer& subscriber);

    // The event with its id, checked. Throws InvalidArgument, Denied (a topic that is not the plugin's own).
    Event completed(Event event) const;
    // Throws as completed(), and Busy; then `done` is not called. Else once, on a thread of the database's. Events of one
    // thread are told in the order of its calls, also if it does not wait for `done`.
    void publish(Event event, PublishDone done);
    // To subscribers of this process only that are not durable; nothing is written.
    void publish_local(Event event);
    // For a completed event as part of a plugin's own transaction: to be run as the plugin.
    static database::Query within_transaction(const Event& event, std::uint64_t transaction);
    // After that: counted, whatever becomes of the transaction.
    void written_within() { ++published_; }

    // Hears every event that this host hears of, durable or local, from now on; see Local.
    std::uint64_t tap(std::function<void(const Event&)> tapped);
    void untap(std::uint64_t tap);
    // After start().
    Admin& admin() { return *admin_; }
    Counts counts() const;

  private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        Event event;
        PublishDone done;
    };
    struct Agenda {
        bool stopping = false;
        bool work = false;  // a batch was delivered, or subscriptions changed
        bool look = false;  // there may be new events
    };

    static database::Query statement_for(const std::vector<Waiting>& batch);
    void finish(const std::vector<Waiting>& batch, const database::Outcome& outcome);
    void wake(bool Agenda::*what);
    void run();
    Agenda wait();
    void act(const Agenda& agenda);
    void write_declarations();
    void follow();

    const Settings settings_;
    database::Database& database_;
    const log::Logger logger_;
    std::unique_ptr<database::Client> client_;
    std::optional<Store> store_;
    std::optional<Admin> admin_;
    std::optional<database::GroupCommit<Waiting>> group_;
    std::mutex mutex_;
    std::condition_variable woken_;
    Agenda agenda_;
    core::Declarations<Subscriber> declarations_;
    Local local_;  // these two wake the thread
    Deliveries deliveries_;
    std::unique_ptr<database::Listener::Subscription> subscription_;

    // The thread's own.
    Position followed_;  // for subscribers that are not durable
    Clock::time_point next_tick_{};
    Clock::time_point look_at_{};
    Clock::time_point clean_at_{};
    Clock::time_point retry_at_{};
    std::chrono::milliseconds retry_pause_{50};

    std::atomic<std::uint64_t> published_{0}, published_local_{0};
    std::thread thread_;
};

}  // namespace host::events
