#pragma once

// Clients that want to hear of changes as they happen, each on a WebSocket.

#include <gantry/events.hpp>
#include <gantry/metrics.hpp>
#include <gantry/websocket.hpp>

#include <mutex>
#include <vector>

namespace notes {

class Watchers {
  public:
    explicit Watchers(gantry::Host host);

    gantry::Response watch(const gantry::Request& request);

  private:
    class Watcher;

    // The event's payload goes out as it is, to all.
    void tell(const gantry::Event& event);

    const gantry::Gauge open_;
    std::mutex mutex_;
    std::vector<gantry::WebSocketSender> sockets_;
};

}  // namespace notes
