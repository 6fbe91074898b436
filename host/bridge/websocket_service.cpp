#include "host/bridge/websocket_service.hpp"

#include <utility>

#include "host/bridge/entrance.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"
#include "host/core/ids.hpp"

namespace host::bridge {

namespace {

constexpr std::uint16_t internal_error = 1011;
// For what runs on the sockets' thread now: callbacks there must not block.
constexpr std::chrono::seconds silence_wait_max{5};

http::Opcode opcode_of(std::int32_t opcode) {
    if (opcode != GANTRY_WEBSOCKET_TEXT && opcode != GANTRY_WEBSOCKET_BINARY)
        throw core::Error(core::Code::InvalidArgument, "opcode is no GANTRY_WEBSOCKET_TEXT or _BINARY", "opcode");
    return static_cast<http::Opcode>(opcode);
}

}  // namespace

WebSocketService::WebSocketService(std::string owner, http::WebSocketHub* hub, HttpService& http,
                                   std::shared_ptr<core::Gate> gate)
    : owner_(std::move(owner)), hub_(hub), http_(http), gate_(std::move(gate)) {}

gantry_id WebSocketService::accept(gantry_id request, const gantry_websocket_options& passed_options,
                                   const gantry_websocket_events& passed_events, void* user) {
    if (hub_ == nullptr) throw core::Error(core::Code::Unavailable, "this host has no WebSockets");
    const gantry_websocket_options options = incoming(&passed_options);
    const gantry_websocket_events events = incoming(&passed_events);
    if (events.message == nullptr || events.closed == nullptr)
        throw core::Error(core::Code::InvalidArgument, "message and closed must not be NULL", "events");
    const OpenRequest open = http_.find(request);
    if (!open.exchange || open.streaming) throw core::Error(core::Code::Gone, "the request has ended");

    const gantry_id id = core::next_id();
    http::Exchange::WebSocketOffer offer{copy(options.subprotocol), (options.flags & GANTRY_WEBSOCKET_ANY_ORIGIN) != 0, this,
                                         options.message_bytes_max, options.messages_per_second_max};
    // Its events may run before accept() returns, on another thread: they find the socket once the lock is free.
    sockets_->with([&](Sockets& sockets) {
        auto socket = open.exchange->accept(*hub_, std::move(offer), forward(id, events, user, open));
        if (!socket) throw core::Error(core::Code::Gone, "the request has ended");
        sockets.emplace(id, std::move(socket));
    });
    http_.forget(request);
    return id;
}

http::WebSocketEvents WebSocketService::forward(gantry_id id, const gantry_websocket_events& events, void* user,
                                                OpenRequest open) {
    const Entrance entrance(gate_, std::make_shared<const std::string>(open.exchange->request_id()));
    http::WebSocketEvents forward;
    forward.message = [entrance, sockets = sockets_, events, user, id](http::Opcode opcode, std::string_view message) {
        const Entrance::Pass pass(entrance);
        if (!pass) return false;
        const gantry_status status =
            events.message(user, id, static_cast<std::int32_t>(opcode), {message.data(), message.size()});
        if (status < 0) {
            const auto socket = sockets->with([&](Sockets& all) { return all.contains(id) ? all.at(id) : nullptr; });
            if (socket) socket->close(internal_error, "");
        }
        return status != GANTRY_AGAIN;
    };
    forward.writable = [entrance, events, user, id] {
        const Entrance::Pass pass(entrance);
        if (pass && events.writable != nullptr) events.writable(user, id);
    };
    // Pins the plugin's code until the plugin has heard the last. A request that was retained stays whole for as long: a
    // coroutine goes on reading it. Of the others nothing is kept, for an idle socket should cost little.
    std::shared_ptr<const void> held = open.exchange->pin();
    if (open.kept) held = std::make_shared<OpenRequest>(std::move(open));
    forward.closed = [entrance, sockets = sockets_, events, user, id, held = std::move(held)](std::uint16_t code,
                                                                                              std::string_view reason) {
        sockets->with([&](Sockets& all) { all.erase(id); });
        const Entrance::Pass pass(entrance);
        if (pass) events.closed(user, id, code, str(reason));
    };
    return forward;
}

std::shared_ptr<http::WebSocket> WebSocketService::find(gantry_id id) const {
    return sockets_->with([&](const Sockets& sockets) -> std::shared_ptr<http::WebSocket> {
        const auto found = sockets.find(id);
        return found != sockets.end() ? found->second : nullptr;
    });
}

gantry_status WebSocketService::send(gantry_id id, std::int32_t opcode, const gantry_slice& message) {
    const http::Opcode kind = opcode_of(opcode);
    const auto socket = find(id);
    if (!socket) return GANTRY_E_GONE;
    // A copy: the queue of a slow client may outlive the plugin, whose code would have to release it.
    const gantry_slice borrowed{message.data, message.size, nullptr, nullptr};
    const http::WebSocket::Sent sent = socket->send(kind, http::Bytes(borrowed));
    if (sent == http::WebSocket::Sent::Full) return GANTRY_E_LIMIT;
    if (sent == http::WebSocket::Sent::Gone) return GANTRY_E_GONE;
    if (message.release != nullptr) message.release(message.context, message.data, message.size);
    return sent == http::WebSocket::Sent::Again ? GANTRY_AGAIN : GANTRY_OK;
}

gantry_status WebSocketService::resume(gantry_id id) {
    const auto socket = find(id);
    if (!socket) return GANTRY_E_GONE;
    socket->resume();
    return GANTRY_OK;
}

gantry_status WebSocketService::close(gantry_id id, std::uint16_t code, std::string_view reason) {
    const auto socket = find(id);
    return socket && socket->close(code, reason) ? GANTRY_OK : GANTRY_E_GONE;
}

void WebSocketService::activate() {
    if (hub_ != nullptr) hub_->dismiss_others(owner_, this);
}

void WebSocketService::silence() {
    if (hub_ != nullptr) hub_->dismiss_instance(this, core::Monotonic::now() + silence_wait_max);
}

}  // namespace host::bridge
