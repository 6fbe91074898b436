#include "host/http/connection.hpp"

namespace host::http {

void Connection::mark() {
    if (marked_) return;
    marked_ = true;
    worker_.flush_later(shared_from_this());
}

// Null: it has its answer, or the connection is closed.
OwedAnswer* Connection::find(std::uint64_t sequence) {
    const std::uint64_t index = sequence - first_sequence_;
    if (index >= answers_.size()) return nullptr;
    OwedAnswer& answer = answers_[index];
    return answer.state == OwedAnswer::State::Complete ? nullptr : &answer;
}

void Connection::watch(std::uint64_t sequence, std::weak_ptr<ReplyEvents> events) {
    if (OwedAnswer* answer = find(sequence)) answer->events = std::move(events);
}

void Connection::set_deadline(std::uint64_t sequence, core::Monotonic::time_point when) {
    if (OwedAnswer* answer = find(sequence)) answer->deadline = when;
}

void Connection::answer(std::uint64_t sequence, Head head, Bytes body) {
    OwedAnswer* const answer = find(sequence);
    if (answer == nullptr || answer->state != OwedAnswer::State::Owed) return;
    const bool bodied = may_have_body(head.status());
    const HeadFraming framing{bodied ? BodyFraming::Sized : BodyFraming::None, body.size(), answer->keep_alive,
                              answer->minor_version};
    OutQueue& out = target(*answer);
    std::string& text = out.text();
    const std::size_t before = text.size();
    append_head(text, head, framing);
    out.added(text.size() - before);
    if (bodied && !answer->head_request) out.append(std::move(body));
    complete(*answer);
}

void Connection::open(std::uint64_t sequence, Head head, const StreamKind& kind, std::shared_ptr<Stream> stream) {
    OwedAnswer* const answer = find(sequence);
    if (answer == nullptr || answer->state != OwedAnswer::State::Owed) {
        stream->gone = true;
        return;
    }
    if (!may_have_body(head.status()))
        answer->framing = BodyFraming::None;
    else if (kind.length)
        answer->framing = BodyFraming::Sized;
    else if (answer->minor_version == 1)
        answer->framing = BodyFraming::Chunked;
    else
        answer->framing = BodyFraming::UntilClose;
    if (answer->framing == BodyFraming::UntilClose) {
        answer->keep_alive = false;
        if (phase_ == Phase::Open) phase_ = Phase::Finishing;
    }
    OutQueue& out = target(*answer);
    std::string text;
    answer->left_bytes = kind.length.value_or(0);
    append_head(text, head, {answer->framing, answer->left_bytes, answer->keep_alive, answer->minor_version});
    out.append(text);
    if (answer->head_request || answer->framing == BodyFraming::None) {
        stream->gone = true;
        complete(*answer);
        return;
    }
    answer->state = OwedAnswer::State::Streaming;
    answer->stream = std::move(stream);
    answer->heartbeat = kind.heartbeat;
    answer->written_at = worker_.now();
    // Its client has shut down its sending side before: for a stream that is leaving.
    left_ |= peer_finished_;
    mark();
}

void Connection::write(std::uint64_t sequence, Bytes piece) {
    OwedAnswer* const answer = find(sequence);
    if (answer == nullptr || answer->state != OwedAnswer::State::Streaming) return;
    if (answer->framing == BodyFraming::Sized) {
        // More than was told would be read as the next answer.
        if (piece.size() > answer->left_bytes) return close(sequence, Outcome::Cut);
        answer->left_bytes -= piece.size();
    }
    append_piece(*answer, std::move(piece));
    mark();
}

void Connection::append_piece(OwedAnswer& answer, Bytes piece) {
    OutQueue& out = target(answer);
    answer.at_line_begin = piece.view().back() == '\n';
    answer.written_at = worker_.now();
    if (answer.framing != BodyFraming::Chunked) {
        out.append(std::move(piece), answer.stream);
        return;
    }
    const std::size_t before = out.bytes() + piece.size();
    std::string& text = out.text(answer.stream);
    const std::size_t size = text.size();
    append_chunk_size(text, piece.size());
    out.added(text.size() - size);
    out.append(std::move(piece), answer.stream);
    out.append(chunk_end, answer.stream);
    // The writer has counted the piece; the framing around it is counted here.
    answer.stream->queued += out.bytes() - before;
}

void Connection::close(std::uint64_t sequence, Outcome outcome) {
    OwedAnswer* const answer = find(sequence);
    if (answer == nullptr || answer->state != OwedAnswer::State::Streaming) return;
    answer->stream.reset();
    if (outcome == Outcome::Cut || answer->left_bytes > 0) {
        answer->keep_alive = false;
    } else if (answer->framing == BodyFraming::Chunked) {
        target(*answer).append(last_chunk);
    }
    complete(*answer);
}

void Connection::upgrade(std::uint64_t sequence, UpgradeTicket ticket) {
    OwedAnswer* const answer = find(sequence);
    if (answer == nullptr || answer->state != OwedAnswer::State::Owed) return;
    answer->state = OwedAnswer::State::Upgrading;
    answer->events.reset();
    answer->upgrade = std::move(ticket);
    mark();
}

void Connection::complete(OwedAnswer& answer) {
    answer.state = OwedAnswer::State::Complete;
    answer.events.reset();
    mark();
}

// Lets go of the answers that are complete, from the front.
void Connection::pop_complete() {
    std::size_t done = 0;
    bool last = false;
    while (!last && done < answers_.size() && answers_[done].state == OwedAnswer::State::Complete) {
        OwedAnswer& answer = answers_[done];
        if (done != 0) out_.append(std::move(answer.held));
        last = !answer.keep_alive;
        ++done;
    }
    if (done == 0) return;
    // The request that asked for an upgrade is always the last: with its answer HTTP goes on.
    upgrading_ &= done < answers_.size();
    worker_.count_answered(done);
    first_sequence_ += done;
    answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(done));
    if (last)
        end_answers();
    else if (!answers_.empty())
        out_.append(std::move(answers_.front().held));
}

// What was just let go of ends the connection: requests behind it stay unanswered.
void Connection::end_answers() {
    linger_ |= phase_ == Phase::Open;
    phase_ = Phase::Finishing;
    if (answers_.empty()) return;
    std::vector<OwedAnswer> dropped;
    dropped.swap(answers_);
    first_sequence_ += dropped.size();
    worker_.count_answered(dropped.size());
    tell_gone(dropped, ReplyEvents::Reason::ClientLeft);
}

void Connection::tell_gone(std::vector<OwedAnswer>& answers, ReplyEvents::Reason reason) {
    for (OwedAnswer& answer : answers) {
        if (answer.stream) answer.stream->gone = true;
        if (const auto events = answer.events.lock()) events->gone(reason);
    }
}

void Connection::tell_writable() {
    if (answers_.empty() || !answers_.front().stream) return;
    Stream& stream = *answers_.front().stream;
    if (stream.queued > stream.high_water / 2 || !stream.waiting.exchange(false)) return;
    if (const auto events = answers_.front().events.lock()) events->writable();
}

void Connection::tell_expired() {
    std::vector<std::shared_ptr<ReplyEvents>> told;
    for (OwedAnswer& answer : answers_) {
        if (answer.state != OwedAnswer::State::Owed || answer.deadline > worker_.now()) continue;
        answer.deadline = core::Monotonic::time_point::max();
        if (auto events = answer.events.lock()) told.push_back(std::move(events));
    }
    for (const auto& events : told)
        events->expired();
}

// A comment line inside an event is allowed, inside a line it would destroy data.
void Connection::beat() {
    if (answers_.empty()) return;
    OwedAnswer& answer = answers_.front();
    if (answer.state != OwedAnswer::State::Streaming || answer.heartbeat.count() == 0 || !answer.at_line_begin) return;
    if (!all_sent() || worker_.now() - answer.written_at < answer.heartbeat) return;
    Bytes comment(std::string(":\n"));
    answer.stream->queued += comment.size();
    append_piece(answer, std::move(comment));
    mark();
}

}  // namespace host::http
