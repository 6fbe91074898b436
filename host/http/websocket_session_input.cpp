#include "host/http/websocket_beast.hpp"

// From the client to the plugin.
namespace host::http {

namespace {

std::uint16_t code_for(const error_code& error) {
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) return close_code::too_big;
    if (error == websocket::error::bad_frame_payload) return close_code::bad_payload;
    if (error == websocket::condition::protocol_violation) return close_code::protocol_error;
    return close_code::abnormal;
}

}  // namespace

void WebSocketSession::read_next() {
    const bool limited = terms_.limits.messages_per_second_max != 0 && allowance_ < 1;
    // While closing, only the close frame of the client is of interest; what comes before it is read and dropped.
    if (reading_ || !beast_ || (stage_ == Stage::Open && (paused_ || limited))) return;
    if (stage_ != Stage::Open && stage_ != Stage::Closing) return;
    reading_ = true;
    beast_->stream.async_read(beast_->buffer, [self = shared_from_this()](const error_code& error, std::size_t) {
        self->beast_->failure = error;
        self->on_read(bool(error));
    });
}

void WebSocketSession::on_read(bool failed) {
    reading_ = false;
    if (stage_ == Stage::Ended) return;
    if (failed) return on_read_failed();
    if (stage_ == Stage::Open) deliver();
    beast_->buffer.settle();
    read_next();
}

void WebSocketSession::deliver() {
    pinged_at_.reset();
    quiet_since_ = core::Monotonic::now();
    allowance_ -= 1;
    ++messages_;
    const auto data = beast_->buffer.cdata();
    const std::string_view message(static_cast<const char*>(data.data()), data.size());
    paused_ = !events_.message(beast_->stream.got_text() ? Opcode::Text : Opcode::Binary, message);
}

void WebSocketSession::on_read_failed() {
    const error_code& failure = beast_->failure;
    if (failure == websocket::error::closed) {
        const auto& reason = beast_->stream.reason();
        const std::uint16_t code = reason.code == websocket::close_code::none ? close_code::none : reason.code;
        return end(code, {reason.reason.data(), reason.reason.size()});
    }
    // Beast has told the client; while we close, its end of the handshake tells us.
    if (close_sent_ && failure == net::error::operation_aborted) return;
    end(code_for(failure), {});
}

// A ping or a pong. Beast answers pings itself.
void WebSocketSession::on_control() {
    pinged_at_.reset();
    count_apart(1);
}

// Frames that come between messages: a client that sends nothing but these is counted all the same. They are not read later,
// for a message may be in the middle of them.
void WebSocketSession::count_apart(std::size_t frames) {
    allowance_ -= static_cast<double>(frames);
    const auto rate = static_cast<double>(terms_.limits.messages_per_second_max);
    if (rate == 0 || allowance_ >= -rate || closing_.exchange(true)) return;
    post([](WebSocketSession& self) { self.begin_close(close_code::policy, "too many frames"); });
}

}  // namespace host::http
