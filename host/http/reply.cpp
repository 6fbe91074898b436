#include "host/http/reply.hpp"

#include <utility>

#include "host/http/answer_sink.hpp"
#include "host/http/connection.hpp"

namespace host::http {

namespace {

// On the connection's worker at once, from other threads through its mailbox.
template <typename Work>
void run_on(const std::weak_ptr<Connection>& target, Work work) {
    const std::shared_ptr<Connection> connection = target.lock();
    if (!connection) return;
    if (connection->mailbox().here()) {
        work(*connection);
        return;
    }
    connection->mailbox().post([target, work = std::move(work)]() mutable {
        if (const auto alive = target.lock()) work(*alive);
    });
}

// The same for a stream, of which several threads may hold the right in turn: a call on the worker must not overtake
// those that are still in the mailbox.
template <typename Work>
void run_in_order(const std::weak_ptr<Connection>& target, const std::shared_ptr<Stream>& stream, Work work) {
    const std::shared_ptr<Connection> connection = target.lock();
    if (!connection) {
        stream->gone = true;
        return;
    }
    if (connection->mailbox().here() && stream->posted == 0) {
        work(*connection);
        return;
    }
    ++stream->posted;
    connection->mailbox().post([target, stream, work = std::move(work)]() mutable {
        --stream->posted;
        if (const auto alive = target.lock()) work(*alive);
    });
}

}  // namespace

Reply::Reply(std::weak_ptr<Connection> connection, std::uint64_t sequence)
    : connection_(std::move(connection)), sequence_(sequence), done_(false) {}

Reply::Reply(std::shared_ptr<AnswerSink> sink) : sink_(std::move(sink)), done_(false) {}

Reply::Reply(Reply&& other) noexcept
    : connection_(std::move(other.connection_)),
      sequence_(other.sequence_),
      stream_(std::move(other.stream_)),
      sink_(std::move(other.sink_)),
      sink_open_(other.sink_open_),
      done_(std::exchange(other.done_, true)) {}

Reply& Reply::operator=(Reply&& other) noexcept {
    if (this == &other) return *this;
    finish();
    connection_ = std::move(other.connection_);
    sequence_ = other.sequence_;
    stream_ = std::move(other.stream_);
    sink_ = std::move(other.sink_);
    sink_open_ = other.sink_open_;
    done_ = std::exchange(other.done_, true);
    return *this;
}

Reply::~Reply() {
    finish();
}

void Reply::finish() {
    if (done_) return;
    if (stream_ || sink_open_)
        close(Outcome::Cut);
    else
        send(Head(500), Bytes());
}

void Reply::watch(std::weak_ptr<ReplyEvents> events) {
    if (sink_) return sink_->watch(std::move(events));
    run_on(connection_, [sequence = sequence_, events = std::move(events)](Connection& connection) mutable {
        connection.watch(sequence, std::move(events));
    });
}

bool Reply::post(std::function<void()> work) const {
    if (sink_) return sink_->post(std::move(work));
    const auto connection = connection_.lock();
    if (!connection) return false;
    connection->mailbox().post(std::move(work));
    return true;
}

void Reply::set_deadline(std::chrono::steady_clock::time_point when) {
    if (sink_) return sink_->set_deadline(when);
    run_on(connection_, [sequence = sequence_, when](Connection& connection) { connection.set_deadline(sequence, when); });
}

void Reply::send(Head head, Bytes body) {
    if (std::exchange(done_, true)) return;
    if (sink_) return sink_->answer(std::move(head), std::move(body));
    run_on(connection_,
           [sequence = sequence_, head = std::move(head), body = std::move(body)](Connection& connection) mutable {
               connection.answer(sequence, std::move(head), std::move(body));
           });
}

void Reply::upgrade(UpgradeTicket ticket) {
    if (std::exchange(done_, true)) return;
    if (sink_) return sink_->upgrade(std::move(ticket));
    run_on(connection_, [sequence = sequence_, ticket = std::move(ticket)](Connection& connection) mutable {
        connection.upgrade(sequence, std::move(ticket));
    });
}

void Reply::open(Head head, const StreamKind& kind) {
    if (done_ || stream_ || sink_open_) return;
    if (sink_) {
        sink_open_ = true;
        return sink_->open(std::move(head), kind);
    }
    const auto connection = connection_.lock();
    stream_ = std::make_shared<Stream>(connection ? connection->settings().stream_bytes_max : 0);
    run_in_order(connection_, stream_,
                 [sequence = sequence_, head = std::move(head), kind, stream = stream_](Connection& alive) mutable {
                     alive.open(sequence, std::move(head), kind, std::move(stream));
                 });
}

Write Reply::write(Bytes piece) {
    if (sink_) return done_ || !sink_open_ ? Write::Gone : sink_->write(std::move(piece));
    if (done_ || !stream_ || stream_->gone) return Write::Gone;
    if (piece.size() == 0) return Write::Ok;  // an empty chunk would end the body
    const bool full = (stream_->queued += piece.size()) > stream_->high_water;
    // Before the piece is on its way: once it is sent, the worker must know that writable() is owed.
    if (full) stream_->waiting = true;
    run_in_order(connection_, stream_, [sequence = sequence_, piece = std::move(piece)](Connection& connection) mutable {
        connection.write(sequence, std::move(piece));
    });
    // Even if the client is gone by now: writable() may be under way already, and whoever goes on would meet it.
    if (full) return Write::Again;
    return stream_->gone ? Write::Gone : Write::Ok;
}

void Reply::close(Outcome outcome) {
    if ((!stream_ && !sink_open_) || std::exchange(done_, true)) return;
    if (sink_) return sink_->close(outcome);
    run_in_order(connection_, stream_,
                 [sequence = sequence_, outcome](Connection& connection) { connection.close(sequence, outcome); });
}

}  // namespace host::http
