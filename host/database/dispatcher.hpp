#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "host/core/error.hpp"
#include "host/database/counts.hpp"
#include "host/database/operation.hpp"
#include "host/database/quick_statements.hpp"
#include "host/database/waiting_operations.hpp"

namespace host::database {

// Decides which operation runs on which lane (a thread with a connection). Knows nothing of PostgreSQL.
//
// Operations wait in one queue; a lane that has opened a transaction serves only that transaction until it ends. One
// lane is always left for the others, so open transactions slow them down but never stop them. What cannot run any more
// (cancelled, too late, its user is gone) is answered by refusals(), on a thread of its own, because every lane may be
// busy.
class Dispatcher {
  public:
    struct Limits {
        std::size_t lanes;
        std::size_t queue_max;
        std::chrono::milliseconds transaction_idle_deadline;
    };

    explicit Dispatcher(Limits limits);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    // For users, any thread. Throws Busy (queue full), Gone (no such transaction of this user), Cancelled (stopping).
    void submit(OperationPointer operation);
    // Does nothing if it has ended already or is not this user's.
    void cancel(const User& user, std::uint64_t operation);
    // Ends everything of this user and returns when its last completion has returned. Not from a completion.
    void abandon(User& user);
    // Refuses what is new and what waits, interrupts what runs.
    void close();

    // For lane number `lane`, its thread only. Waits; empty: close() was called and nothing is left to do.
    Batch next(std::size_t lane);
    // Those that could not go together wait again, at the head of the others, each for a lane alone.
    void put_back(std::size_t lane, Batch batch);
    // After begin: from now on the lane serves this transaction.
    void pin(std::size_t lane, std::uint64_t transaction);
    void unpin(std::size_t lane);
    // After the completions of what next() gave.
    void finished(std::size_t lane, const Batch& batch);
    // An operation of the open transaction never ran: a commit would write half of what was meant.
    bool transaction_damaged(std::size_t lane) const;
    // Readable when the operation that runs, alone, is to end early.
    int cancel_event(std::size_t lane) const;
    // What the lanes learn of statements.
    QuickStatements& quick_statements() { return quick_statements_; }

    // For the refusing thread. Waits for operations that will not run and why; empty: close() was called, all is over.
    struct Refusal {
        OperationPointer operation;
        core::Error reason;
    };
    std::vector<Refusal> refusals();
    void refused(const Operation& operation);

    std::size_t queued() const;
    // Lanes that wait for something to do.
    std::size_t sleeping() const;
    // An operation ended with an error. Any thread.
    void count_failure() { failed_.fetch_add(1, std::memory_order_relaxed); }
    Counts counts() const;

  private:
    struct Lane;
    using Clock = core::Monotonic;

    Lane& lane_of_transaction(const Operation& operation);
    bool may_begin() const;
    void hand_over(OperationPointer operation);
    bool lane_is_wanted() const;
    void wake_wanted_lanes();
    void wake_one_lane();
    void sleep(Lane& lane, std::unique_lock<std::mutex>& lock);
    void watch_until(Clock::time_point time);
    void look_later();
    void look_after_what_was_left();
    OperationPointer take_shared();
    void take_companions(Batch& batch);
    OperationPointer take_own(Lane& lane, std::unique_lock<std::mutex>& lock);
    OperationPointer rollback_of(Lane& lane);
    void refuse_if(const std::function<bool(const Operation&)>& chosen, const core::Error& reason);
    void refuse_late();
    void interrupt_if(const std::function<bool(const Operation&)>& chosen);
    void signal(Lane& lane);
    void complete(const Operation& operation);
    void end_transactions_if(const std::function<bool(const Lane&)>& chosen);

    const Limits limits_;
    QuickStatements quick_statements_;
    mutable std::mutex mutex_;
    WaitingOperations waiting_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::vector<Lane*> idle_;  // the last to become idle is the first to work: its caches are warm
    std::unordered_map<std::uint64_t, Lane*> transactions_;
    std::size_t called_ = 0;     // lanes that were woken and have not yet looked what there is
    std::size_t soon_back_ = 0;  // lanes that have nothing but quick statements
    std::uint64_t taken_ = 0;    // of what waited for any lane
    std::uint64_t taken_at_look_ = 0;
    Clock::time_point look_at_ = Clock::time_point::max();  // max(): nothing was left for a lane that is soon back
    std::size_t queued_ = 0;                                // in waiting_, and in the open transactions
    std::size_t beginning_ = 0;                             // lanes between begin and unpin
    std::size_t operations_ = 0;
    std::uint64_t completed_ = 0;
    std::atomic<std::uint64_t> failed_{0};
    std::vector<Refusal> refusals_;
    Clock::time_point refuser_wakes_ = Clock::time_point::max();
    std::condition_variable refuser_;
    std::condition_variable settled_;
    bool closed_ = false;
};

}  // namespace host::database
