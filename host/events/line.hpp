#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/events/event.hpp"
#include "host/events/position.hpp"

namespace host::events {

// A durable subscription on this host: who hears it, what has been read for it, how far it has come and what of that is
// not written down. Knows neither lock nor database: what is to be written it tells, and believes it once that is done.
class Line {
  public:
    using Clock = std::chrono::steady_clock;

    // `subscriber` hears it from now on.
    void activate(const SubscriberPointer& subscriber, const Subscription& subscription);
    void retire() { subscriber_ = nullptr; }
    bool is_wanted() const { return subscriber_ != nullptr; }
    bool is_of(const Subscriber& subscriber) const { return subscriber_.get() == &subscriber; }

    // This host has it, and it goes on from there; no more.
    void claim(ClaimedSubscription place);
    void lose();
    bool is_claimed() const { return claimed_; }

    // There may be something new.
    void look() { hungry_ = true; }
    // What was behind a transaction under way may be past it.
    void look_again() { hungry_ = std::exchange(more_soon_, false) || hungry_; }
    bool has_more_soon() const { return more_soon_; }
    // From where and what is to be read; nothing: not now.
    struct Wish {
        Position from;
        std::string pattern;
    };
    std::optional<Wish> wish();
    void take(Read read);

    // The next event for the subscriber, until one has failed.
    bool has_next() const { return done_ < batch_.size() && !failure_; }
    struct Call {
        EventPointer event;
        std::uint32_t attempt;
        SubscriberPointer subscriber;  // its code stays as long as this
        Deliver deliver;
    };
    Call next() const;
    // How that ended: nothing, or why it was refused.
    void note(const std::optional<std::string>& refusal);

    // What is not written yet, with a dead letter of what has failed `attempts_max` times. Nothing: all is.
    std::optional<Progress> unwritten(std::uint32_t attempts_max) const;
    // A failure waits for `due` before it is delivered again.
    void written(const Progress& progress, Clock::time_point due);
    // The database does not take the text of the failure.
    void forget_reason();

    bool under_way = false;   // a pool thread is here or on its way
    Clock::time_point due{};  // not before

  private:
    void reread_from(const Position& position);

    SubscriberPointer subscriber_;  // null: retired
    std::string pattern_;
    Deliver deliver_;
    bool claimed_ = false;
    bool hungry_ = true;
    bool more_soon_ = false;
    bool pattern_changed_ = false;  // since the batch was read
    ClaimedSubscription place_;     // as far as all is written
    Position after_;                // of the batch as a whole
    std::vector<EventPointer> batch_;
    std::size_t done_ = 0;                // of the batch
    std::size_t written_ = 0;             // of these
    std::optional<std::string> failure_;  // of the event that comes next, not yet written
};

}  // namespace host::events
