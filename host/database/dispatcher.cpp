#include "host/database/dispatcher.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "host/core/ids.hpp"
#include "host/database/dispatcher_lane.hpp"

namespace host::database {

using core::Code;
using core::Error;

namespace {

// So that one batch stays a matter of a millisecond.
constexpr std::size_t batch_max = 16;
// Quick statements that are left for each lane that is soon back, before another one is woken.
constexpr std::size_t left_for_lane_max = 8;
// How long they may be left without any of the lanes coming back: a completion or the server may hold them up.
constexpr std::chrono::milliseconds left_time_max{2};

}  // namespace

Dispatcher::Dispatcher(Limits limits) : limits_(limits) {
    for (std::size_t i = 0; i < limits_.lanes; ++i)
        lanes_.push_back(std::make_unique<Lane>());
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::submit(OperationPointer operation) {
    std::lock_guard lock(mutex_);
    if (closed_ || operation->user->gone) throw Error{Code::Cancelled, "the database is not used by this plugin any more"};
    Lane* const lane = operation->transaction == 0 ? nullptr : &lane_of_transaction(*operation);
    if (queued_ >= limits_.queue_max && !operation->is_end()) {
        Error full{Code::Busy, "the database has " + std::to_string(queued_) + " operations waiting (database.queue_max)"};
        throw full.mark_retryable();
    }
    ++operations_;
    ++operation->user->operations;
    ++queued_;
    if (lane == nullptr) return hand_over(std::move(operation));
    if (operation->is_end()) transactions_.erase(operation->transaction);
    lane->own.push_back(std::move(operation));
    lane->wake.notify_one();
}

Dispatcher::Lane& Dispatcher::lane_of_transaction(const Operation& operation) {
    const auto found = transactions_.find(operation.transaction);
    if (found == transactions_.end() || found->second->user != operation.user) {
        throw Error{Code::Gone, "the transaction has ended, or passed database.transaction_idle_deadline"};
    }
    return *found->second;
}

// One lane stays free of transactions, unless there is only one.
bool Dispatcher::may_begin() const {
    return beginning_ < std::max<std::size_t>(1, limits_.lanes - 1);
}

void Dispatcher::hand_over(OperationPointer operation) {
    const auto start_by = std::min(operation->start_by, operation->deadline);
    waiting_.push(std::move(operation));
    if (lane_is_wanted()) return wake_one_lane();
    watch_until(start_by);
    if (!idle_.empty() && look_at_ == Clock::time_point::max()) look_later();
}

void Dispatcher::watch_until(Clock::time_point time) {
    if (time >= refuser_wakes_) return;
    refuser_wakes_ = time;
    refuser_.notify_one();
}

// To wake a lane costs more than a quick statement, and those that wait together can go together: a lane that is soon back
// takes what has come meanwhile.
bool Dispatcher::lane_is_wanted() const {
    const std::size_t waiting = waiting_.size(may_begin());
    if (idle_.empty() || waiting <= called_) return false;
    return !waiting_.next_is_quick(may_begin(), quick_statements_) || waiting >= left_for_lane_max * (called_ + soon_back_);
}

void Dispatcher::wake_wanted_lanes() {
    while (lane_is_wanted())
        wake_one_lane();
}

void Dispatcher::wake_one_lane() {
    Lane* const lane = idle_.back();
    idle_.pop_back();
    lane->idle = false;
    ++called_;
    lane->wake.notify_one();
}

void Dispatcher::sleep(Lane& lane, std::unique_lock<std::mutex>& lock) {
    lane.idle = true;
    idle_.push_back(&lane);
    lane.wake.wait(lock, [&] { return !lane.idle; });
    --called_;
}

void Dispatcher::look_later() {
    taken_at_look_ = taken_;
    look_at_ = Clock::now() + left_time_max;
    watch_until(look_at_);
}

// Nobody asks for the time when an operation is left for a lane or taken by one: what counts is whether any is taken.
void Dispatcher::look_after_what_was_left() {
    if (look_at_ > Clock::now()) return;
    look_at_ = Clock::time_point::max();
    if (idle_.empty() || waiting_.size(may_begin()) <= called_) return;
    if (taken_ == taken_at_look_) wake_one_lane();
    look_later();
}

Batch Dispatcher::next(std::size_t number) {
    Lane& lane = *lanes_[number];
    Batch batch;
    std::unique_lock lock(mutex_);
    if (std::exchange(lane.soon_back, false)) --soon_back_;
    if (lane.transaction != 0) {
        batch.push_back(take_own(lane, lock));
    } else {
        OperationPointer first;
        while (!(first = take_shared()) && !closed_)
            sleep(lane, lock);
        if (!first) return batch;
        lane.soon_back = is_quick(*first, quick_statements_);
        if (lane.soon_back) ++soon_back_;
        batch.push_back(std::move(first));
        take_companions(batch);
        wake_wanted_lanes();
    }
    for (const auto& operation : batch)
        lane.running.push_back(operation.get());
    return batch;
}

// Each lane that is awake takes its share of what waits.
void Dispatcher::take_companions(Batch& batch) {
    const std::size_t share = waiting_.statements() / (lanes_.size() - idle_.size()) + 1;
    waiting_.take_companions(batch, std::min(batch_max, share), quick_statements_);
    queued_ -= batch.size() - 1;
    taken_ += batch.size();
}

void Dispatcher::put_back(std::size_t number, Batch batch) {
    std::lock_guard lock(mutex_);
    lanes_[number]->running.clear();
    for (auto each = batch.rbegin(); each != batch.rend(); ++each) {
        OperationPointer& operation = *each;
        quick_statements_.forget(operation->statement);
        operation->statement = 0;
        operation->start_by = operation->deadline;  // it has begun, only not by itself
        if (operation->cancelled) {
            refusals_.push_back({std::move(operation), Error{Code::Cancelled, "the operation was cancelled"}});
        } else {
            waiting_.push_front(std::move(operation));
            ++queued_;
        }
    }
    wake_wanted_lanes();
    refuser_wakes_ = waiting_.first_limit();
    refuser_.notify_one();
}

OperationPointer Dispatcher::take_shared() {
    OperationPointer operation = waiting_.take(may_begin());
    if (!operation) return nullptr;
    --queued_;
    if (operation->is_begin()) ++beginning_;
    return operation;
}

OperationPointer Dispatcher::take_own(Lane& lane, std::unique_lock<std::mutex>& lock) {
    const auto idle_until = Clock::now() + limits_.transaction_idle_deadline;
    if (!lane.wake.wait_until(lock, idle_until, [&] { return !lane.own.empty(); })) return rollback_of(lane);
    OperationPointer operation = std::move(lane.own.front());
    lane.own.pop_front();
    --queued_;
    return operation;
}

// An End that nobody asked for and nobody waits for.
OperationPointer Dispatcher::rollback_of(Lane& lane) {
    auto operation = std::make_unique<Operation>();
    operation->id = core::next_id();
    operation->user = lane.user;
    operation->work = End{Ending::Rollback};
    operation->transaction = lane.transaction;
    operation->deadline = Clock::now() + std::chrono::seconds(5);
    operation->start_by = operation->deadline;
    transactions_.erase(lane.transaction);
    ++operations_;
    ++lane.user->operations;
    return operation;
}

void Dispatcher::pin(std::size_t number, std::uint64_t transaction) {
    std::lock_guard lock(mutex_);
    Lane& lane = *lanes_[number];
    lane.transaction = transaction;
    lane.user = lane.running.front()->user;
    lane.damaged = false;
    transactions_.emplace(transaction, &lane);
    // Its user left while BEGIN was under way.
    if (!closed_ && !lane.user->gone) return;
    lane.own.push_back(rollback_of(lane));
    ++queued_;
}

void Dispatcher::unpin(std::size_t number) {
    std::lock_guard lock(mutex_);
    Lane& lane = *lanes_[number];
    transactions_.erase(lane.transaction);
    lane.transaction = 0;
    lane.user.reset();
    --beginning_;
    wake_wanted_lanes();
}

bool Dispatcher::transaction_damaged(std::size_t number) const {
    std::lock_guard lock(mutex_);
    return lanes_[number]->damaged;
}

int Dispatcher::cancel_event(std::size_t number) const {
    return lanes_[number]->cancel_event;
}

void Dispatcher::finished(std::size_t number, const Batch& batch) {
    std::lock_guard lock(mutex_);
    Lane& lane = *lanes_[number];
    lane.running.clear();
    if (lane.interrupted) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t cleared = read(lane.cancel_event, &count, sizeof count);
        lane.interrupted = false;
    }
    for (const auto& operation : batch)
        complete(*operation);
}

void Dispatcher::complete(const Operation& operation) {
    --operations_;
    ++completed_;
    if (--operation.user->operations == 0 && operation.user->gone) settled_.notify_all();
    if (closed_ && operations_ == 0) refuser_.notify_one();
}

Counts Dispatcher::counts() const {
    std::lock_guard lock(mutex_);
    Counts counts{.connections = lanes_.size(), .waiting = queued_, .completed = completed_, .failed = failed_};
    for (const auto& lane : lanes_) {
        if (!lane->running.empty() || lane->transaction != 0) ++counts.connections_in_use;
    }
    return counts;
}

std::size_t Dispatcher::queued() const {
    std::lock_guard lock(mutex_);
    return queued_;
}

std::size_t Dispatcher::sleeping() const {
    std::lock_guard lock(mutex_);
    return idle_.size();
}

}  // namespace host::database
