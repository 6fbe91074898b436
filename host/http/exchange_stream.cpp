#include <utility>

#include "host/http/context.hpp"
#include "host/http/exchange.hpp"
#include "host/http/head_field.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

bool is_event_stream(const Head& head) {
    const std::string_view type = field_in(head, "Content-Type");
    return equal_names(type.substr(0, type.find_first_of("; \t")), "text/event-stream");
}

}  // namespace

bool Exchange::open(Head head, StreamEvents events, std::optional<std::uint64_t> length) {
    if (has_no_body(head.status())) return open_and_end(std::move(head), length);
    const auto heartbeat = is_event_stream(head) ? context_.settings.sse_heartbeat : std::chrono::milliseconds(0);
    auto shared = std::make_shared<const StreamEvents>(std::move(events));
    std::optional<CancelCallback> dropped;  // outlives the pen: it may be a plugin's code that runs when it dies

    // The pen first: nobody may write a piece before the head.
    std::lock_guard pen(pen_);
    dropped = claim({.next = State::Streaming, .status = head.status(), .events = std::move(shared)});
    if (!dropped) return false;
    dress(head);
    reply_.open(std::move(head), {heartbeat, length});
    return true;
}

// The head is all that is wanted. Who would write on for ever, as event streams do, must learn that it is over.
bool Exchange::open_and_end(Head head, std::optional<std::uint64_t> length) {
    if (!claim({.next = State::Ended, .status = head.status()})) return false;
    dress(head);
    {
        std::lock_guard pen(pen_);
        reply_.open(std::move(head), {.length = length});
        reply_.close(Outcome::Complete);
    }
    account(Ending::Complete);
    return false;
}

Write Exchange::write(Bytes piece) {
    // Looked at before the pen as well: a stream's own callback may come while a write of its thread is under way.
    if (state_ == State::Streaming) {
        std::lock_guard pen(pen_);
        if (state_ == State::Streaming) {
            bytes_ += piece.size();
            // Taken either way: that the client is gone will be told by gone(), and by every write after that.
            return reply_.write(std::move(piece)) == Write::Again ? Write::Again : Write::Ok;
        }
    }
    piece.disown();
    return Write::Gone;
}

bool Exchange::close(Outcome outcome) {
    if (end_stream() == nullptr) return false;
    {
        std::lock_guard pen(pen_);
        reply_.close(outcome);
    }
    account(outcome == Outcome::Complete ? Ending::Complete : Ending::Cut);
    return true;
}

void Exchange::writable() {
    // Not free: `closed` is being called, and this comes too late.
    const std::unique_lock turn(turn_, std::try_to_lock);
    if (!turn) return;
    std::shared_ptr<const StreamEvents> events;
    {
        std::lock_guard lock(mutex_);
        events = events_;
    }
    if (events != nullptr && events->writable) events->writable();
}

void Exchange::tell_closed(const StreamEvents& events, core::Code reason) {
    const std::lock_guard turn(turn_);
    if (events.closed) events.closed(reason);
}

std::shared_ptr<const Exchange::StreamEvents> Exchange::end_stream() {
    std::lock_guard lock(mutex_);
    if (state_ != State::Streaming) return nullptr;
    request_.secure_line();
    state_ = State::Ended;
    return std::move(events_);
}

}  // namespace host::http
