#include <utility>

#include "host/http/websocket_beast.hpp"

// From the plugin to the client.
namespace host::http {

void WebSocketSession::take_inbox() {
    std::list<Outgoing> taken;
    {
        std::lock_guard lock(inbox_mutex_);
        taken.swap(inbox_);
    }
    if (stage_ == Stage::Ended) return;
    queue_.splice(queue_.end(), taken);
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

void WebSocketSession::send_close() {
    close_sent_ = true;
    websocket::close_reason reason(close_code_);
    reason.reason = beast::string_view(close_reason_.data(), close_reason_.size());
    beast_->stream.async_close(reason, [self = shared_from_this()](const error_code&) {
        const auto& answered = self->beast_->stream.reason();
        self->end(answered.code != websocket::close_code::none ? answered.code : self->close_code_, self->close_reason_);
    });
}

}  // namespace host::http
