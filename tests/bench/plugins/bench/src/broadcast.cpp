#include "broadcast.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace bench {

struct Broadcast::Listener : gantry::WebSocketHandler {
    explicit Listener(Broadcast& owner) : owner(owner) {}
    void message(const gantry::WebSocketSender&, std::string_view, bool) override {}
    void closed(const gantry::WebSocketSender& socket, std::uint16_t, std::string_view) override { owner.remove(socket); }
    Broadcast& owner;
};

Broadcast::Broadcast() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Broadcast::add(const gantry::Request& request) {
    const std::lock_guard lock(mutex_);
    sockets_.push_back(gantry::accept_websocket(request, std::make_unique<Listener>(*this)));
}

void Broadcast::remove(const gantry::WebSocketSender& socket) {
    const std::lock_guard lock(mutex_);
    std::erase(sockets_, socket);
}

void Broadcast::run(const std::stop_token& stop) {
    const std::string message(100, 'x');
    while (!stop.stop_requested()) {
        std::vector<gantry::WebSocketSender> sockets;
        {
            std::unique_lock lock(mutex_);
            stopping_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
            sockets = sockets_;
        }
        for (const gantry::WebSocketSender& socket : sockets)
            socket.send(message);
    }
}

}  // namespace bench
