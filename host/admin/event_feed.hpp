#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/admin/answers.hpp"
#include "host/events/events.hpp"

namespace host::admin {

// Event streams (SSE) of administrators: every event that this host hears of, as it comes. A client that reads too slowly
// loses the oldest that wait for it and is told how many; heartbeats are the http room's.
class EventFeeds {
  public:
    explicit EventFeeds(events::Events& events) : events_(events) {}
    // As close().
    ~EventFeeds();
    EventFeeds(const EventFeeds&) = delete;
    EventFeeds& operator=(const EventFeeds&) = delete;

    // Answers with a stream of the events whose topics match. Throws Busy when there are too many, Unavailable after
    // close().
    void open(const Exchange& exchange, const std::string& pattern);
    // Ends all streams, so that a host that stops has not to wait for them. [control]
    void close();
    std::size_t count() const;

  private:
    class Feed;
    struct Listener {
        std::weak_ptr<Feed> feed;
        std::uint64_t tap;
    };
    void listen(const std::shared_ptr<Feed>& feed);
    void forget(std::uint64_t id);

    events::Events& events_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Listener> feeds_;
    bool closed_ = false;
};

// An event as administrators see it.
Json shown(const events::Event& event);

}  // namespace host::admin
