#include <algorithm>
#include <utility>

#include "host/http/websocket_beast.hpp"

// From the handshake to the last word, and the deadlines on the way.
namespace host::http {

void WebSocketSession::begin(Handover handover) {
    if (stage_ == Stage::Ended) return;
    const WebSocketHandshake& handshake = terms_.handshake;
    since_ = core::Monotonic::now();
    if (stage_ == Stage::Waiting) stage_ = Stage::Accepting;
    beast_ = std::make_unique<Beast>(loop_->context, std::move(handover));
    auto& stream = beast_->stream;
    // Its own timers would cost more than the tick that all sockets share.
    stream.set_option({websocket::stream_base::none(), websocket::stream_base::none(), false});
    stream.set_option(websocket::stream_base::decorator([&handshake](websocket::response_type& answer) {
        if (!handshake.subprotocol.empty()) answer.set("Sec-WebSocket-Protocol", handshake.subprotocol);
        answer.set("X-Request-Id", handshake.request_id);
        answer.set(beast::http::field::server, "gantry");  // or it would name itself
    }));
    stream.read_message_max(terms_.limits.message_bytes_max);
    stream.auto_fragment(false);
    stream.control_callback([this](websocket::frame_type, beast::string_view) { on_control(); });

    beast_->wire().on_small_fragments([this](std::size_t fragments) { count_apart(fragments); });

    websocket::request_type request(beast::http::verb::get, handshake.target, 11);
    request.set("Host", handshake.host);
    request.set("Upgrade", "websocket");
    request.set("Connection", "upgrade");
    request.set("Sec-WebSocket-Version", "13");
    request.set("Sec-WebSocket-Key", handshake.key);
    stream.async_accept(request, [self = shared_from_this()](const error_code& error) { self->on_accepted(bool(error)); });
}

void WebSocketSession::on_accepted(bool failed) {
    if (stage_ == Stage::Ended) return;
    if (failed) return end(close_code::abnormal, {});
    since_ = quiet_since_ = core::Monotonic::now();
    terms_.handshake = {};
    if (stage_ == Stage::Accepting) stage_ = Stage::Open;
    take_inbox();
    write_next();
    read_next();
}

void WebSocketSession::dismiss_here(std::uint16_t code, std::string_view reason) {
    if (stage_ == Stage::Ended) return;
    closing_ = true;
    tell_closed(code, reason);
    begin_close(code, reason);
}

void WebSocketSession::begin_close(std::uint16_t code, std::string_view reason) {
    if (stage_ == Stage::Ended || stage_ == Stage::Closing) return;
    const bool accepted = stage_ == Stage::Open;
    stage_ = Stage::Closing;
    since_ = core::Monotonic::now();
    close_code_ = code;
    close_reason_ = reason;
    take_inbox();
    if (accepted) write_next();
}

void WebSocketSession::ping() {
    pinging_ = true;
    pinged_at_ = core::Monotonic::now();
    beast_->stream.async_ping({}, [self = shared_from_this()](const error_code&) { self->pinging_ = false; });
}

bool WebSocketSession::is_overdue(core::Monotonic::time_point now) const {
    if (stage_ == Stage::Waiting || stage_ == Stage::Ended) return false;
    WebSocketWire& wire = beast_->wire();
    if (const auto since = wire.ending_since()) return now - *since > terms_.limits.close_deadline;
    if (stage_ == Stage::Accepting) return now - since_ > terms_.accept_deadline;
    if (stage_ == Stage::Closing && !writing_) return now - since_ > terms_.limits.close_deadline;
    if (writing_ && now - std::max(write_began_, wire.written_at()) > terms_.write_deadline) return true;
    return pinged_at_ && now - *pinged_at_ > terms_.limits.pong_deadline && wire.read_at() < *pinged_at_;
}

void WebSocketSession::on_tick(core::Monotonic::time_point now) {
    const std::chrono::duration<double> passed = now - std::exchange(ticked_at_, now);
    const auto rate = static_cast<double>(terms_.limits.messages_per_second_max);
    allowance_ = std::min(rate, allowance_ + rate * passed.count());
    if (stage_ == Stage::Closing && !beast_) {
        // Dismissed before its connection came; if it still comes, it is closed then.
        if (now - since_ > terms_.limits.close_deadline) end(close_code::abnormal, {});
        return;
    }
    if (is_overdue(now)) return end(close_code::abnormal, {});
    if (stage_ != Stage::Open) return;
    read_next();
    // While nothing is read, a pong would not be seen.
    const auto heard = std::max(beast_->wire().read_at(), quiet_since_);
    if (reading_ && !pinged_at_ && !pinging_ && now - heard > terms_.limits.ping_interval) ping();
    if (pinged_at_ && beast_->wire().read_at() >= *pinged_at_) pinged_at_.reset();
}

void WebSocketSession::tell_closed(std::uint16_t code, std::string_view reason) {
    // Taken out first: with it goes what the plugin's side has pinned.
    const WebSocketEvents events = std::exchange(events_, {});
    events_.message = [](Opcode, std::string_view) { return true; };
    if (events.closed) events.closed(code, reason);
}

void WebSocketSession::end(std::uint16_t code, std::string_view reason) {
    if (stage_ == Stage::Ended) return;
    const auto self = shared_from_this();
    const std::string text(reason);
    stage_ = Stage::Ended;
    closing_ = true;
    if (beast_) beast_->wire().close();
    if (!writing_) queue_.clear();
    {
        std::lock_guard lock(inbox_mutex_);
        inbox_.clear();
    }
    tell_closed(code, text);
    std::exchange(ended_, nullptr)(*this);
}

}  // namespace host::http
