#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "host/core/clock.hpp"
#include "host/http/settings.hpp"
#include "host/http/upgrade.hpp"
#include "host/http/websocket.hpp"
#include "host/http/websocket_handshake.hpp"
#include "host/log/logger.hpp"

namespace host::http {

// All WebSockets of the host: their thread, their limits, their end. Any thread, but for start() and stop().
class WebSocketHub {
  public:
    WebSocketHub(const Settings& settings, log::Logger logger);
    // Stops, if that was not done.
    ~WebSocketHub();

    // [control]
    void start();
    // Cuts what is left and joins. [control]
    void stop();

    // Where a route belongs, and what it asks for; 0: the settings'.
    struct Terms {
        WebSocketHandshake handshake;
        std::string owner;
        const void* instance = nullptr;
        std::uint64_t message_bytes_max = 0;
        std::size_t messages_per_second_max = 0;
    };
    struct Opened {
        std::shared_ptr<WebSocket> socket;
        UpgradeTicket ticket;  // for the connection, which joins later
    };
    // A place for one more socket. Throws Busy above sockets_max, Unavailable when the host is stopping.
    void reserve();
    void give_back();
    // Takes the place that was reserved.
    Opened open(Terms terms, WebSocketEvents events);

    // Tells the clients of one instance, or of all others of the same owner, to come again (1012). Their events end at once.
    // dismiss_instance() returns when they have; it waits for the sockets' thread, at most until the deadline.
    void dismiss_instance(const void* instance, core::Monotonic::time_point deadline);
    void dismiss_others(const std::string& owner, const void* instance);
    // Tells all clients that the host goes away (1001) and waits for their answer; what is left at the deadline is cut.
    // Returns the number of these. No new socket is opened from then on.
    std::size_t drain(core::Monotonic::time_point deadline);

    struct Counts {
        std::size_t open = 0;
        std::uint64_t accepted = 0;
        std::uint64_t refused = 0;   // above sockets_max
        std::uint64_t messages = 0;  // received, of sockets that have ended
    };
    Counts counts() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace host::http
