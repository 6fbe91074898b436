#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/events/event.hpp"

namespace host::events {

// How far a reader has come: all events of transactions before `from`, and of those in [from, to) all up to `seq`. A
// window [from, to) holds only transactions that are over, so nothing can appear in it later, and all its numbers are lower
// than those behind it: of two events, one published after the other was committed, the first comes first.
struct Position {
    std::string from;  // xid8, as text
    std::string to;
    std::int64_t seq = 0;
};

// What follows a position.
struct Read {
    std::vector<EventPointer> events;
    Position before;         // the same place as was asked for, in the window of the events
    Position after;          // of all of them; may be further than the last
    bool more_soon = false;  // there are events behind a transaction that is still under way
};

// A durable subscription that this host delivers.
struct ClaimedSubscription {
    std::string plugin;
    std::string name;
    Position position;
    std::uint32_t attempt = 0;  // of the next event: how often it has failed
};

struct DeadEvent {
    EventPointer event;
    std::uint32_t attempts = 0;
};

// What is to be written of a subscription, and as a whole or not at all.
struct Progress {
    ClaimedSubscription place;  // it is there now
    std::size_t delivered = 0;  // since the last was written
    std::string error;          // of the last failure, if it counts
    std::optional<DeadEvent> dead;
};

}  // namespace host::events
