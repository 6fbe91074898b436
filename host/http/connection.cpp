#include "host/http/connection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "host/http/refusals.hpp"
#include "host/http/socket.hpp"

namespace host::http {

namespace {

constexpr std::size_t vectors_max = 32;
// What one client may be sent in one turn of the loop, however fast it reads.
constexpr std::size_t turn_write_bytes_max = 1024 * 1024;

}  // namespace

Connection::Connection(Worker& worker, int descriptor, std::string peer, std::unique_ptr<TlsChannel> tls)
    : worker_(worker),
      mailbox_(worker.mailbox()),
      settings_(worker.settings()),
      descriptor_(descriptor),
      peer_(std::move(peer)),
      tls_(std::move(tls)),
      out_(worker.texts()),
      since_(worker.now()),
      blocked_since_(worker.now()) {}

Connection::~Connection() = default;

void Connection::on_event(const Readiness& readiness) {
    marked_ = true;
    if (readiness.writable) blocked_ = false;
    if (readiness.hung_up) {
        lose(ReplyEvents::Reason::ClientLeft);
        return;
    }
    if (!peer_finished_) read_socket(readiness.finished);
    flush();
}

void Connection::continue_turn() {
    continuing_ = false;
    if (phase_ == Phase::Closed) return;
    marked_ = true;
    if (!peer_finished_) receive({});
    if (!peer_finished_ && phase_ != Phase::Closed) read_socket(true);
    flush();
}

void Connection::flush() {
    marked_ = false;
    if (phase_ == Phase::Closed) return;
    pop_complete();
    if (left_ || !write_socket()) {
        lose(ReplyEvents::Reason::ClientLeft);
        return;
    }
    if (may_leave()) {
        hand_over();
        return;
    }
    tell_writable();
    end_if_finished();
    if (phase_ == Phase::Closed || !waiting_ || must_wait()) return;
    waiting_ = false;
    if (!continuing_) {
        continuing_ = true;
        worker_.continue_later(shared_from_this());
    }
}

// False: the connection is broken.
bool Connection::write_socket() {
    if (tls_) return write_tls();
    std::size_t written = 0;
    while (!blocked_ && !out_.empty()) {
        if (written >= turn_write_bytes_max) {
            mark();
            return true;
        }
        std::array<iovec, vectors_max> vectors;
        const std::size_t count = out_.front(vectors);
        const socket::Result result = socket::write(descriptor_, std::span(vectors).first(count));
        if (result.status == socket::Status::Failed) return false;
        blocked_since_ = worker_.now();
        if (result.status == socket::Status::WouldBlock) {
            block();
            return true;
        }
        out_.sent(result.size);
        written += result.size;
    }
    return true;
}

void Connection::block() {
    blocked_ = true;
    if (!writes_watched_) worker_.watch_writes(*this);
    writes_watched_ = true;
}

// The same for TLS. What is encrypted leaves before more is: a slow reader holds one helping of it at most.
bool Connection::write_tls() {
    std::size_t written = 0;
    while (flush_tls()) {
        if (blocked_ || out_.empty() || !tls_->established()) return true;
        if (written >= turn_write_bytes_max) {
            mark();
            return true;
        }
        std::array<iovec, vectors_max> vectors;
        const std::size_t taken = tls_->encrypt(std::span(vectors).first(out_.front(vectors)));
        if (taken == 0) return false;
        out_.sent(taken);
        written += taken;
    }
    return false;
}

bool Connection::flush_tls() {
    while (!blocked_ && tls_->has_output()) {
        const socket::Result result = tls_->flush(descriptor_);
        if (result.status == socket::Status::Failed) return false;
        blocked_since_ = worker_.now();
        if (result.status == socket::Status::WouldBlock) block();
    }
    return true;
}

// Tells the client that no more will come. False: that could not all be sent yet.
bool Connection::part() {
    if (!tls_) return true;
    tls_->finish();
    return !flush_tls() || !tls_->has_output();
}

void Connection::end_if_finished() {
    if (!answers_.empty() || !all_sent()) return;
    if (phase_ == Phase::Open) {
        if (!worker_.draining() || reader_ || waiting_) {
            settle_idle();
            return;
        }
        linger_ = true;
        phase_ = Phase::Finishing;
    }
    if (phase_ != Phase::Finishing || !part()) return;
    // Closing with unread bytes would send a reset, which destroys an answer that is still under way.
    if (!linger_ || peer_finished_) {
        close_socket();
        return;
    }
    socket::finish(descriptor_);
    phase_ = Phase::Lingering;
    since_ = worker_.now();
}

void Connection::settle_idle() {
    if (reader_ && !reader_->in_body()) return;
    if (reader_ && reader_->wants_continue()) {
        reader_->continue_sent();
        out_.append(continue_head);
        mark();
    }
    if (!reader_) since_ = worker_.now();
}

void Connection::on_tick() {
    check_deadlines();
    if (phase_ == Phase::Closed) return;
    tell_expired();
    beat();
}

void Connection::check_deadlines() {
    const auto now = worker_.now();
    const auto passed = [now](auto since, auto deadline) { return now - since >= deadline; };
    if (phase_ == Phase::Lingering) {
        if (passed(since_, settings_.linger_deadline)) close_socket();
        return;
    }
    if (blocked_ && passed(blocked_since_, settings_.write_deadline)) {
        lose(ReplyEvents::Reason::WriteStalled);
        return;
    }
    if (phase_ != Phase::Open || waiting_) return;
    if (tls_ && !tls_->established()) {
        if (!passed(since_, settings_.tls.handshake_deadline)) return;
        worker_.count_tls_failure();
        close_socket();
    } else if (!reader_) {
        if (answers_.empty() && all_sent() && passed(since_, settings_.idle_deadline)) close_socket();
    } else if (reader_->in_body()) {
        if (passed(since_, settings_.body_deadline)) refuse_partial(refusals::body_deadline, reader_->request());
    } else if (passed(since_, settings_.head_deadline)) {
        refuse_partial(refusals::head_deadline, reader_->request());
    }
}

bool Connection::may_leave() const {
    return upgrading_ && answers_.size() == 1 && answers_.front().state == OwedAnswer::State::Upgrading && all_sent();
}

// The duplicate keeps the socket when the worker closes its own descriptor; not a byte is lost between the two.
void Connection::hand_over() {
    const int duplicate = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0 || peer_finished_ || phase_ != Phase::Open) {
        if (duplicate >= 0) ::close(duplicate);
        lose(ReplyEvents::Reason::ClientLeft);
        return;
    }
    UpgradeTicket ticket = std::move(answers_.front().upgrade);
    Handover handover(duplicate, std::move(tls_), std::move(pending_));
    answers_.clear();
    ++first_sequence_;
    worker_.count_answered(1);
    close_socket();
    ticket.redeem(std::move(handover));
}

void Connection::begin_drain() {
    if (phase_ != Phase::Open || reader_ || waiting_) return;  // the request that is coming in will be the last
    linger_ = true;
    phase_ = Phase::Finishing;
    if (!answers_.empty()) answers_.back().keep_alive = false;
    mark();
}

std::size_t Connection::cut(ReplyEvents::Reason reason) {
    const std::size_t owed = answers_.size();
    lose(reason);
    return owed;
}

void Connection::close_socket() {
    phase_ = Phase::Closed;
    if (tls_ && !blocked_ && out_.empty()) part();
    out_.clear();
    pending_ = {};
    reader_.reset();
    worker_.release(*this);
}

void Connection::lose(ReplyEvents::Reason reason) {
    if (phase_ == Phase::Closed) return;
    const auto self = shared_from_this();
    std::vector<OwedAnswer> dropped;
    dropped.swap(answers_);
    first_sequence_ += dropped.size();
    worker_.count_answered(dropped.size());
    close_socket();
    tell_gone(dropped, reason);
}

}  // namespace host::http
