#include "host/events/line.hpp"

#include <utility>

namespace host::events {

namespace {

constexpr std::size_t error_bytes_max = 500;

}  // namespace

void Line::activate(const SubscriberPointer& subscriber, const Subscription& subscription) {
    pattern_changed_ = pattern_changed_ || pattern_ != subscription.pattern;
    pattern_ = subscription.pattern;
    subscriber_ = subscriber;
    deliver_ = subscription.deliver;
    hungry_ = true;
}

void Line::claim(ClaimedSubscription place) {
    if (std::exchange(claimed_, true) || under_way) return;
    place_ = std::move(place);
    reread_from(place_.position);
    hungry_ = true;
}

void Line::lose() {
    claimed_ = false;
    reread_from(place_.position);
    due = Clock::time_point{};
}

void Line::reread_from(const Position& position) {
    after_ = position;
    batch_.clear();
    done_ = written_ = 0;
    failure_.reset();
}

std::optional<Line::Wish> Line::wish() {
    if (std::exchange(pattern_changed_, false)) reread_from(place_.position);
    if (done_ < batch_.size() || !std::exchange(hungry_, false)) return std::nullopt;
    return Wish{after_, pattern_};
}

void Line::take(Read read) {
    // What lies behind this window has not been looked at.
    if (!read.events.empty()) hungry_ = true;
    more_soon_ = read.more_soon;
    place_.position = read.events.empty() ? read.after : read.before;
    reread_from(read.after);
    batch_ = std::move(read.events);
}

Line::Call Line::next() const {
    // The failures of an event before this one are over.
    const std::uint32_t failures = done_ == written_ ? place_.attempt : 0;
    return {batch_[done_], failures + 1, subscriber_, deliver_};
}

void Line::note(const std::optional<std::string>& refusal) {
    if (!refusal) {
        ++done_;
        return;
    }
    failure_ = refusal->substr(0, error_bytes_max);
}

std::optional<Progress> Line::unwritten(std::uint32_t attempts_max) const {
    if (!failure_ && done_ == written_) return std::nullopt;
    Progress progress{place_, done_ - written_, failure_.value_or(""), std::nullopt};
    const std::uint32_t failures = failure_ ? next().attempt : 0;
    const bool is_dead = failure_ && failures >= attempts_max;
    if (is_dead) progress.dead = DeadEvent{batch_[done_], failures};
    progress.place.attempt = is_dead ? 0 : failures;
    const std::size_t passed = done_ + (is_dead ? 1 : 0);
    if (passed == batch_.size()) {
        progress.place.position = after_;
    } else if (passed > 0) {
        progress.place.position.seq = batch_[passed - 1]->seq;
    }
    return progress;
}

void Line::written(const Progress& progress, Clock::time_point due_at) {
    if (progress.dead) ++done_;
    place_ = progress.place;
    written_ = done_;
    due = place_.attempt > 0 ? due_at : Clock::time_point{};
    failure_.reset();
}

void Line::forget_reason() {
    if (failure_) failure_->clear();
}

}  // namespace host::events
