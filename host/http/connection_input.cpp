#include "host/http/connection.hpp"
#include "host/http/socket.hpp"

namespace host::http {

namespace {

// What one client may have read in one turn of the loop, in reads of the worker's buffer.
constexpr int turn_reads_max = 4;
// A client that makes TLS answer, with key updates for one, must read the answers.
constexpr std::size_t unread_tls_bytes_max = 128 * 1024;
// Answers beyond that are sent before more requests are read.
constexpr std::size_t gathered_bytes_max = 256 * 1024;

}  // namespace

// `finished`: a FIN is announced, and as events are edges it must be read now.
void Connection::read_socket(bool finished) {
    const std::span<char> buffer = worker_.read_buffer();
    for (int reads = 0; reads < turn_reads_max; ++reads) {
        if (waiting_) return;
        const socket::Result result = read_some(buffer);
        if (result.status == socket::Status::WouldBlock) return;
        if (result.status == socket::Status::Failed) left_ = true;
        if (result.status == socket::Status::End) on_peer_finished();
        if (result.status != socket::Status::Done) return;
        receive({buffer.data(), result.size});
        if (phase_ == Phase::Closed) return;
        // A short read has emptied the socket: one system call less for almost every request.
        if (!result.more && !finished) return;
    }
    if (continuing_) return;
    continuing_ = true;
    worker_.continue_later(shared_from_this());
}

socket::Result Connection::read_some(std::span<char> buffer) {
    return tls_ ? read_tls(buffer) : socket::read(descriptor_, buffer);
}

socket::Result Connection::read_tls(std::span<char> buffer) {
    if (tls_->output().size() > unread_tls_bytes_max) {
        waiting_ = true;
        return {socket::Status::WouldBlock, 0};
    }
    const bool established = tls_->established();
    const socket::Result result = tls_->read(descriptor_, worker_.wire_buffer(), buffer);
    if (!established && result.status == socket::Status::Failed) worker_.count_tls_failure();
    if (established || !tls_->established()) return result;
    worker_.count_handshake();
    since_ = worker_.now();
    return result;
}

void Connection::receive(std::string_view bytes) {
    if (phase_ != Phase::Open) {
        linger_ = true;
        return;
    }
    if (pending_.empty()) {
        pending_.assign(read_requests(bytes));
        return;
    }
    pending_.append(bytes);
    const std::size_t left = read_requests(pending_).size();
    if (left == 0)
        pending_ = {};
    else
        pending_.erase(0, pending_.size() - left);
}

// Returns what is not yet a request.
std::string_view Connection::read_requests(std::string_view input) {
    while (phase_ == Phase::Open && !input.empty()) {
        waiting_ = must_wait();
        if (waiting_ || !read_request(input)) break;
        if (out_.bytes() > gathered_bytes_max && !write_socket()) left_ = true;
        if (left_) break;
    }
    if (reader_ && (phase_ != Phase::Open || reader_->at_start())) worker_.give_back(std::move(reader_));
    if (phase_ == Phase::Open) return input;
    linger_ |= !input.empty();
    return {};
}

// False: there is nothing more to understand at present.
bool Connection::read_request(std::string_view& input) {
    if (!reader_) {
        reader_ = worker_.lend_reader();
        begin_request();
        since_ = worker_.now();
    }
    switch (reader_->read(input)) {
        case RequestReader::State::NeedMore:
            if (reader_->in_body()) since_ = worker_.now();
            return false;
        case RequestReader::State::NeedLimit:
            reader_->allow_body(worker_.dispatcher().body_bytes_max(reader_->request()));
            return true;
        case RequestReader::State::Refused:
            refuse_partial(reader_->refusal(), reader_->request());
            return false;
        case RequestReader::State::Whole:
            dispatch();
            reader_->next();
            since_ = worker_.now();
            return true;
    }
    return false;
}

void Connection::begin_request() {
    if (tls_)
        reader_->begin({peer_, true, tls_->client_subject()});
    else
        reader_->begin({peer_});
}

void Connection::dispatch() {
    const Request& request = reader_->request();
    OwedAnswer& answer = answers_.emplace_back(worker_.texts());
    answer.head_request = request.method == "HEAD";
    answer.minor_version = request.minor_version;
    answer.keep_alive = reader_->framing().keep_alive && !worker_.draining();
    if (!answer.keep_alive) {
        phase_ = Phase::Finishing;
        // A client that did not ask for the end may be sending its next request.
        linger_ = reader_->framing().keep_alive;
    }
    upgrading_ = reader_->framing().upgrade && answer.keep_alive;
    const std::uint64_t sequence = first_sequence_ + answers_.size() - 1;
    worker_.count_request();
    worker_.dispatcher().dispatch(request, Reply(weak_from_this(), sequence));
    pop_complete();
}

void Connection::refuse(const Refusal& refusal) {
    Request nothing;
    nothing.peer = peer_;
    nothing.tls = tls_ != nullptr;
    refuse_partial(refusal, nothing);
}

void Connection::refuse_partial(const Refusal& refusal, const Request& partial) {
    phase_ = Phase::Finishing;
    linger_ = true;
    OwedAnswer& answer = answers_.emplace_back(worker_.texts());
    answer.head_request = partial.method == "HEAD";
    answer.keep_alive = false;
    worker_.count_refusal();
    auto [head, body] = worker_.dispatcher().refuse(refusal, partial);
    this->answer(first_sequence_ + answers_.size() - 1, std::move(head), Bytes(std::move(body)));
    if (reader_) worker_.give_back(std::move(reader_));
}

void Connection::on_peer_finished() {
    peer_finished_ = true;
    if (phase_ == Phase::Lingering || (answers_.empty() && all_sent())) {
        close_socket();
        return;
    }
    for (const OwedAnswer& answer : answers_)
        left_ |= answer.state == OwedAnswer::State::Streaming;
    // A request of which the rest will never come is dropped.
    phase_ = Phase::Finishing;
    reader_.reset();
    pending_ = {};
}

}  // namespace host::http
