#include "host/http/websocket_session.hpp"

#include <utility>

#include "host/core/error.hpp"
#include "host/http/utf8.hpp"
#include "host/http/websocket_beast.hpp"

// What any thread may ask of a socket.
namespace host::http {

namespace {

// Beside its bytes, a queued message costs about that much.
constexpr std::size_t message_overhead_bytes = 64;
// A plugin that does not heed Again is stopped at this many times what Again is said at.
constexpr std::uint64_t queue_full_factor = 4;
constexpr std::size_t reason_bytes_max = 123;

}  // namespace

bool is_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

WebSocketSession::WebSocketSession(std::shared_ptr<WebSocketLoop> loop, Terms terms, WebSocketEvents events,
                                   std::function<void(WebSocketSession&)> ended)
    : loop_(std::move(loop)),
      terms_(std::move(terms)),
      events_(std::move(events)),
      ended_(std::move(ended)),
      allowance_(static_cast<double>(terms_.limits.messages_per_second_max)) {}

WebSocketSession::~WebSocketSession() = default;

WebSocket::Sent WebSocketSession::send(Opcode opcode, Bytes message) {
    const auto refuse = [&](Sent why) {
        message.disown();
        return why;
    };
    if (closing_) return refuse(Sent::Gone);
    if (opcode == Opcode::Text && !is_utf8(message.view())) {
        message.disown();
        throw core::Error(core::Code::InvalidArgument, "a text message must be UTF-8", "message");
    }
    const std::size_t cost = message.size() + message_overhead_bytes;
    const std::uint64_t high_water = terms_.limits.queue_bytes_max;
    const std::uint64_t queued = queued_.fetch_add(cost) + cost;
    // One message is always taken, however large, or it could never be sent at all.
    if (queued > queue_full_factor * high_water && queued != cost) {
        queued_ -= cost;
        return refuse(Sent::Full);
    }
    // Before it is on its way: once it is sent, the loop must know that writable() is owed.
    const bool again = queued > high_water;
    if (again) owes_writable_ = true;
    bool first = false;
    {
        std::lock_guard lock(inbox_mutex_);
        first = inbox_.empty();
        inbox_.push_back({opcode, std::move(message), cost});
    }
    if (first) post([](WebSocketSession& self) { self.take_inbox(); });
    return again ? Sent::Again : Sent::Ok;
}

void WebSocketSession::resume() {
    post([](WebSocketSession& self) {
        if (!std::exchange(self.paused_, false)) return;
        self.quiet_since_ = core::Monotonic::now();
        self.read_next();
    });
}

bool WebSocketSession::close(std::uint16_t code, std::string_view reason) {
    if (!is_close_code(code))
        throw core::Error(core::Code::InvalidArgument, std::to_string(code) + " is no code that an endpoint may send",
                          "code");
    if (reason.size() > reason_bytes_max || !is_utf8(reason))
        throw core::Error(core::Code::InvalidArgument, "a reason is UTF-8 of at most 123 bytes", "reason");
    if (closing_.exchange(true)) return false;
    post([code, text = std::string(reason)](WebSocketSession& self) { self.begin_close(code, text); });
    return true;
}

void WebSocketSession::dismiss(std::uint16_t code, std::string_view reason) {
    post([code, text = std::string(reason)](WebSocketSession& self) { self.dismiss_here(code, text); });
}

void WebSocketSession::adopt(Handover handover) {
    post([handover = std::move(handover)](WebSocketSession& self) mutable { self.begin(std::move(handover)); });
}

void WebSocketSession::lost() {
    post([](WebSocketSession& self) { self.end(close_code::abnormal, {}); });
}

}  // namespace host::http
