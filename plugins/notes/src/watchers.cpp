#include "watchers.hpp"

#include <memory>
#include <string_view>

#include <gantry/response.hpp>

namespace notes {

using gantry::WebSocketSender;

namespace {

// RFC 6455 and its registry: "try again later".
constexpr std::uint16_t too_slow = 1013;

}  // namespace

// One client. It has nothing to say; what it sends is not read into anything.
class Watchers::Watcher final : public gantry::WebSocketHandler {
  public:
    explicit Watcher(Watchers& all) : all_(all) {}

    void message(const WebSocketSender&, std::string_view, bool) override {}
    void closed(const WebSocketSender& socket, std::uint16_t, std::string_view) override {
        const std::lock_guard lock(all_.mutex_);
        std::erase(all_.sockets_, socket);
        all_.open_.set(static_cast<double>(all_.sockets_.size()));
    }

  private:
    Watchers& all_;
};

Watchers::Watchers(gantry::Host host) : open_(host, "watchers", "Clients that are told of changes") {
    // Not durable: who is not connected asks for the list when it is.
    gantry::Events(host).subscribe("watchers", "notes.*", *this, &Watchers::tell);
}

gantry::Response Watchers::watch(const gantry::Request& request) {
    gantry::WebSocketOptions options;
    options.message_bytes_max = 1024;
    // Under the lock: its end must not be told before its beginning.
    const std::lock_guard lock(mutex_);
    sockets_.push_back(gantry::accept_websocket(request, std::make_unique<Watcher>(*this), options));
    open_.set(static_cast<double>(sockets_.size()));
    return gantry::empty();
}

void Watchers::tell(const gantry::Event& event) {
    const std::lock_guard lock(mutex_);
    for (const WebSocketSender& socket : sockets_) {
        if (socket.send(event.payload()) == WebSocketSender::Sent::Full) socket.close(too_slow, "you read too slowly");
    }
}

}  // namespace notes
