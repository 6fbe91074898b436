#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/core/silence.hpp"
#include "host/database/client.hpp"
#include "host/events/event.hpp"

namespace host::events {

// How far a reader has come: all events of transactions before `from`, and of those in [from, to) all up to `seq`. A
// window [from, to) holds only transactions that are over, so nothing can appear in it later, and within it the numbers
// tell the order: of two events, one published after the other was committed, the first comes first.
struct Position {
    std::string from;  // xid8, as text
    std::string to;
    std::int64_t seq = 0;
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
    std::string error;
};

// Events in PostgreSQL, as the room's own thread needs them; every call waits and throws core::Error. See
// migrations/gantry/0002_create_event.sql.
class Store {
  public:
    using Names = std::vector<std::pair<std::string, std::string>>;  // plugin and subscription

    Store(database::Client& client, std::string host) : client_(client), host_(std::move(host)) {}

    // What the plugin's durable subscriptions are from now on; new ones begin at this moment.
    void declare(const Subscriber& subscriber);
    // When every other host of this database is known to be dead.
    void free_all();
    // Takes those that no other host has, renews those that are ours. The ones that are ours now. Whether a lease has ended
    // by the wall clock does not matter: only free() ends it.
    std::vector<ClaimedSubscription> claim(const Names& names, std::chrono::milliseconds lease);
    // Those of them that other hosts have, each with its last beat.
    std::vector<core::Heartbeat> heartbeats(const Names& names);
    // Whoever claims them next may have them. How many.
    std::size_t free(const std::vector<core::Heartbeat>& silent);
    void release(const Names& names);

    Position present();
    struct Read {
        std::vector<EventPointer> events;
        Position before;         // the same place as was asked for, in the window of the events
        Position after;          // of all of them; may be further than the last
        bool more_soon = false;  // there are events behind a transaction that is still under way
    };
    // The next events that match, at most `limit`.
    Read read(Position position, const std::string& pattern, std::size_t limit);
    // False: the subscription is not ours any more.
    bool save(const ClaimedSubscription& subscription, std::uint64_t delivered, const std::string& error);
    void bury(const ClaimedSubscription& subscription, const DeadEvent& dead);
    // How many were deleted.
    std::size_t clean(std::chrono::milliseconds keep);

  private:
    database::Client& client_;
    const std::string host_;
};

// Of a result whose first columns are seq, id, source, topic, key, payload, at.
EventPointer event_at(const database::Rows& rows, std::size_t row);

}  // namespace host::events
