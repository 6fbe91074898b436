#include "host/http/websocket_session.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <utility>

#include "host/core/error.hpp"
#include "host/http/utf8.hpp"
#include "host/http/websocket_loop.hpp"
#include "host/http/websocket_wire.hpp"

namespace host::http {

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using error_code = boost::system::error_code;

// Beside its bytes, a queued message costs about that much.
constexpr std::size_t message_overhead_bytes = 64;
// A plugin that does not heed Again is stopped at this many times what Again is said at.
constexpr std::uint64_t queue_full_factor = 4;
constexpr std::size_t reason_bytes_max = 123;
// An idle socket keeps no more of its read buffer.
constexpr std::size_t kept_buffer_bytes_max = 4096;

std::uint16_t code_for(const error_code& error) {
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) return close_code::too_big;
    if (error == websocket::error::bad_frame_payload) return close_code::bad_payload;
    if (error == websocket::condition::protocol_violation) return close_code::protocol_error;
    return close_code::abnormal;
}

}  // namespace

bool is_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

struct WebSocketSession::Beast {
    Beast(net::io_context& context, Handover handover) : stream(context, std::move(handover)) {}
    WebSocketWire& wire() { return stream.next_layer(); }

    websocket::stream<WebSocketWire, false> stream;
    beast::flat_buffer buffer;
    error_code failure;
};

WebSocketSession::WebSocketSession(std::shared_ptr<WebSocketLoop> loop, Terms terms, WebSocketEvents events,
                                   std::function<void(WebSocketSession&)> ended)
    : loop_(std::move(loop)),
      terms_(std::move(terms)),
      events_(std::move(events)),
      ended_(std::move(ended)),
      allowance_(static_cast<double>(terms_.limits.messages_per_second_max)) {}

WebSocketSession::~WebSocketSession() = default;

// Weak: what is posted must not keep a session that the loop will never run again.
template <typename Work>
void WebSocketSession::post(Work work) {
    net::post(loop_->context, [weak = weak_from_this(), work = std::move(work)]() mutable {
        if (const auto self = weak.lock()) work(*self);
    });
}

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

void WebSocketSession::dismiss_here(std::uint16_t code, std::string_view reason) {
    if (stage_ == Stage::Ended) return;
    closing_ = true;
    tell_closed(code, reason);
    begin_close(code, reason);
}

void WebSocketSession::adopt(Handover handover) {
    post([handover = std::move(handover)](WebSocketSession& self) mutable { self.begin(std::move(handover)); });
}

void WebSocketSession::lost() {
    post([](WebSocketSession& self) { self.end(close_code::abnormal, {}); });
}

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

void WebSocketSession::take_inbox() {
    std::vector<Outgoing> taken;
    {
        std::lock_guard lock(inbox_mutex_);
        taken.swap(inbox_);
    }
    if (stage_ == Stage::Ended) return;
    for (Outgoing& one : taken)
        queue_.push_back(std::move(one));
    write_next();
}

void WebSocketSession::write_next() {
    const bool ready = stage_ == Stage::Open || (stage_ == Stage::Closing && beast_ && !close_sent_);
    if (!ready || writing_ || !beast_->stream.is_open()) return;
    if (queue_.empty()) {
        if (stage_ == Stage::Closing) send_close();
        return;
    }
    writing_ = true;
    write_began_ = core::Monotonic::now();
    const Outgoing& next = queue_.front();
    beast_->stream.binary(next.opcode == Opcode::Binary);
    const std::string_view bytes = next.message.view();
    beast_->stream.async_write(
        net::buffer(bytes.data(), bytes.size()),
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_written(bool(error)); });
}

void WebSocketSession::on_written(bool failed) {
    writing_ = false;
    if (stage_ == Stage::Ended) {
        queue_.clear();  // kept until now: the write looked at its bytes
        return;
    }
    queued_ -= queue_.front().cost;
    queue_.pop_front();
    // The read side knows better why, and tells.
    if (failed && reading_) return;
    if (failed) return end(close_code::abnormal, {});
    if (queued_ <= terms_.limits.queue_bytes_max / 2 && owes_writable_.exchange(false) && events_.writable)
        events_.writable();
    write_next();
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

void WebSocketSession::send_close() {
    close_sent_ = true;
    websocket::close_reason reason(close_code_);
    reason.reason = beast::string_view(close_reason_.data(), close_reason_.size());
    beast_->stream.async_close(reason, [self = shared_from_this()](const error_code&) {
        const auto& answered = self->beast_->stream.reason();
        self->end(answered.code != websocket::close_code::none ? answered.code : self->close_code_, self->close_reason_);
    });
}

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
    auto& buffer = beast_->buffer;
    buffer.clear();
    if (buffer.capacity() > kept_buffer_bytes_max) buffer.shrink_to_fit();
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

// A ping or a pong. Beast answers pings itself; a client that sends nothing but these is counted all the same.
void WebSocketSession::on_control() {
    pinged_at_.reset();
    allowance_ -= 1;
    const auto rate = static_cast<double>(terms_.limits.messages_per_second_max);
    if (rate == 0 || allowance_ >= -rate || closing_.exchange(true)) return;
    post([](WebSocketSession& self) { self.begin_close(close_code::policy, "too many control frames"); });
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
