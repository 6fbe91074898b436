#include <algorithm>
#include <utility>

#include "host/core/clock.hpp"
#include "host/http/exchange.hpp"

// How a request ends otherwise than by its answer: its client leaves, its time is over, the host takes it back.
namespace host::http {

namespace {

// What nginx calls it: nothing was sent, for nobody was there to read. Only ever seen in the log.
constexpr std::uint16_t status_client_gone = 499;

Ending ending_of(ReplyEvents::Reason reason) {
    switch (reason) {
        case ReplyEvents::Reason::ClientLeft:
            return Ending::ClientLeft;
        case ReplyEvents::Reason::WriteStalled:
            return Ending::WriteStalled;
        case ReplyEvents::Reason::Stopping:
            return Ending::Stopping;
    }
    return Ending::Cut;
}

core::Code code_of(ReplyEvents::Reason reason) {
    return reason == ReplyEvents::Reason::WriteStalled ? core::Code::Timeout : core::Code::Cancelled;
}

}  // namespace

bool Exchange::on_cancel(CancelCallback cancelled) {
    std::lock_guard lock(mutex_);
    if (state_ != State::Open) return false;
    std::swap(cancelled_, cancelled);
    return true;
}

void Exchange::gone(Reason reason) {
    const core::Code code = code_of(reason);
    if (const auto cancelled = claim({.next = State::Ended, .status = status_client_gone})) {
        account(ending_of(reason));
        if (*cancelled) (*cancelled)(code);
        return;
    }
    if (const auto events = end_stream()) {
        account(ending_of(reason));
        tell_closed(*events, code);
    }
}

void Exchange::abort(const core::Error& error) {
    const Problem problem = problem_of(error);
    constexpr core::Code reason = core::Code::Cancelled;
    if (const auto cancelled = claim({.next = State::Ended, .status = problem.status})) {
        answer(problem);
        if (*cancelled) (*cancelled)(reason);
        return;
    }
    if (const auto events = end_stream()) {
        {
            std::lock_guard pen(pen_);
            reply_.close(Outcome::Cut);
        }
        account(Ending::Stopping);
        tell_closed(*events, reason);
    }
}

void Exchange::set_alarm(std::chrono::steady_clock::time_point when, std::function<void()> alarm) {
    {
        std::lock_guard lock(mutex_);
        if (state_ != State::Open) return;
        alarm_ = std::move(alarm);
    }
    const core::Monotonic::time_point deadline{std::chrono::nanoseconds(deadline_ns_)};
    std::lock_guard pen(pen_);
    reply_.set_deadline(std::min(when, deadline));
}

// The alarm of a handler rather than the deadline: true if there was one and it has been called.
bool Exchange::ring() {
    std::function<void()> alarm;
    {
        std::lock_guard lock(mutex_);
        if (state_ != State::Open || !alarm_ || core::mono_ns() >= deadline_ns_) return false;
        std::swap(alarm, alarm_);
    }
    {
        std::lock_guard pen(pen_);
        reply_.set_deadline(core::Monotonic::time_point(std::chrono::nanoseconds(deadline_ns_)));
    }
    alarm();
    return true;
}

void Exchange::expired() {
    if (ring()) return;
    const Problem problem{.status = 504, .code = "DEADLINE_EXCEEDED", .detail = "the answer was not ready in time"};
    const auto cancelled = claim({.next = State::Ended, .status = problem.status});
    if (!cancelled) return;
    answer(problem);
    if (*cancelled) (*cancelled)(core::Code::Timeout);
}

}  // namespace host::http
