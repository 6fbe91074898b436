#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "host/core/silence.hpp"
#include "host/database/client.hpp"
#include "host/events/event.hpp"
#include "host/events/position.hpp"

namespace host::events {

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
    // The next events that match, at most `limit`.
    Read read(Position position, const std::string& pattern, std::size_t limit);
    // The place and its dead letter together; written twice it is as written once. False: the subscription is not ours any
    // more, and nothing is written.
    bool save(const Progress& progress);
    // How many were deleted.
    std::size_t clean(std::chrono::milliseconds keep);

  private:
    std::string cut(const Position& window, std::int64_t behind);

    database::Client& client_;
    const std::string host_;
};

// Of a result whose first columns are seq, id, source, topic, key, payload, at.
EventPointer event_at(const database::Rows& rows, std::size_t row);

}  // namespace host::events
