#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/database/client.hpp"
#include "host/events/event.hpp"

// What an administrator sees of events. Times are microseconds since 1970-01-01T00:00:00Z.
namespace host::events {

// Empty members do not restrict.
struct Filter {
    std::string pattern;  // of the topic
    std::int64_t since_us = 0;
    std::string cursor;      // Page::next of the page before
    std::size_t limit = 50;  // at most 500
};

// The newest first.
struct Page {
    std::vector<EventPointer> events;
    std::string next;  // empty: this is the last
};

struct SubscriptionStatus {
    std::string plugin;
    std::string name;
    std::string pattern;
    std::string host;  // that delivers; empty: none at present
    std::uint64_t delivered = 0;
    std::uint64_t waiting = 0;  // events that match and are not delivered; counted to 10,000
    std::uint32_t attempt = 0;  // failures of the next event
    std::string error;
};

struct DeadLetter {
    EventPointer event;
    std::string plugin;
    std::string subscription;
    std::uint32_t attempts = 0;
    std::string error;
    std::int64_t at_us = 0;
};

// On any host. Every call waits for the database and throws core::Error. On any thread that may block.
class Admin {
  public:
    explicit Admin(database::Client& client) : client_(client) {}

    // Throws InvalidArgument for a wrong pattern or cursor.
    Page recent(const Filter& filter) const;
    // Durable ones, by plugin and name.
    std::vector<SubscriptionStatus> subscriptions() const;
    // The newest first.
    std::vector<DeadLetter> dead_letters(std::size_t limit) const;

  private:
    database::Client& client_;
};

// Totals since the start.
struct Counts {
    std::uint64_t published = 0;  // durable
    std::uint64_t published_local = 0;
    std::uint64_t delivered = 0;  // to durable subscribers
    std::uint64_t delivered_local = 0;
    std::uint64_t failed = 0;
    std::uint64_t dead = 0;
    std::uint64_t dropped = 0;  // a subscriber was too slow
};

}  // namespace host::events
