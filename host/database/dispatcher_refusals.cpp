// How operations end that do not run to their end: cancelled, too late, their user gone, the host stopping.
#include <unistd.h>

#include <utility>

#include "host/database/dispatcher.hpp"
#include "host/database/dispatcher_lane.hpp"

namespace host::database {

using core::Code;
using core::Error;

void Dispatcher::interrupt_if(const std::function<bool(const Operation&)>& chosen) {
    for (const auto& lane : lanes_) {
        for (Operation* running : lane->running) {
            if (running->is_end() || !chosen(*running)) continue;
            running->cancelled = true;
            if (lane->running.size() == 1) signal(*lane);
        }
    }
}

void Dispatcher::signal(Lane& lane) {
    lane.interrupted = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(lane.cancel_event, &one, sizeof one);
}

void Dispatcher::cancel(const User& user, std::uint64_t id) {
    std::lock_guard lock(mutex_);
    const auto is_meant = [&](const Operation& each) { return each.id == id && each.user.get() == &user; };
    interrupt_if(is_meant);
    refuse_if(is_meant, Error{Code::Cancelled, "the operation was cancelled before it began"});
}

void Dispatcher::abandon(User& user) {
    std::unique_lock lock(mutex_);
    user.gone = true;
    const auto is_users = [&](const Operation& each) { return each.user.get() == &user; };
    refuse_if(is_users, Error{Code::Cancelled, "the plugin has stopped"});
    interrupt_if(is_users);
    end_transactions_if([&](const Lane& lane) { return lane.user.get() == &user; });
    settled_.wait(lock, [&] { return user.operations == 0; });
}

void Dispatcher::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    const auto is_any = [](const Operation&) { return true; };
    refuse_if(is_any, Error{Code::Cancelled, "the host is stopping"});
    interrupt_if(is_any);
    end_transactions_if([](const Lane&) { return true; });
    while (!idle_.empty())
        wake_one_lane();
    refuser_.notify_one();
}

// Those whose End is already on its way have left transactions_.
void Dispatcher::end_transactions_if(const std::function<bool(const Lane&)>& chosen) {
    for (const auto& lane : lanes_) {
        if (transactions_.count(lane->transaction) == 0 || !chosen(*lane)) continue;
        lane->own.push_back(rollback_of(*lane));
        ++queued_;
        lane->wake.notify_one();
    }
}

// An End always runs: without it the transaction would stay open.
void Dispatcher::refuse_if(const std::function<bool(const Operation&)>& chosen, const Error& reason) {
    const auto refuse = [&](std::vector<OperationPointer>&& taken) {
        queued_ -= taken.size();
        for (OperationPointer& each : taken)
            refusals_.push_back({std::move(each), reason});
        return !taken.empty();
    };
    refuse(waiting_.take_if(chosen));
    for (const auto& lane : lanes_) {
        const auto may_go = [&](const Operation& each) { return !each.is_end() && chosen(each); };
        if (refuse(take_from(lane->own, may_go))) lane->damaged = true;
    }
    if (!refusals_.empty()) refuser_.notify_one();
}

void Dispatcher::refuse_late() {
    const auto now = Clock::now();
    refuse_if([&](const Operation& each) { return each.deadline <= now; },
              Error{Code::Timeout, "the statement passed its deadline before it began"});
    Error busy{Code::Busy, "no connection to the database was free in time (database.queue_deadline)"};
    refuse_if([&](const Operation& each) { return each.transaction == 0 && each.start_by <= now; }, busy.mark_retryable());
    refuser_wakes_ = std::min(waiting_.first_limit(), look_at_);
}

std::vector<Dispatcher::Refusal> Dispatcher::refusals() {
    std::unique_lock lock(mutex_);
    for (;;) {
        look_after_what_was_left();
        refuse_late();
        if (!refusals_.empty()) return std::exchange(refusals_, {});
        if (closed_ && operations_ == 0) return {};
        if (refuser_wakes_ == Clock::time_point::max()) {
            refuser_.wait(lock);
        } else {
            refuser_.wait_until(lock, refuser_wakes_);
        }
    }
}

void Dispatcher::refused(const Operation& operation) {
    std::lock_guard lock(mutex_);
    complete(operation);
}

}  // namespace host::database
