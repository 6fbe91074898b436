#include "host/http/worker.hpp"

#include "host/http/connection.hpp"

namespace host::http {

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t pooled_readers_max = 16;

// Written by one thread only: no locked instruction is needed.
template <typename Number>
void add(std::atomic<Number>& counter, Number number) {
    counter.store(counter.load(std::memory_order_relaxed) + number, std::memory_order_relaxed);
}

}  // namespace

Worker::Worker(const WorkerParts& parts)
    : parts_(parts), mailbox_(std::make_shared<Mailbox>()), now_(core::Monotonic::now()), read_buffer_(read_bytes) {}

Worker::~Worker() = default;

void Worker::count_request() {
    add<std::size_t>(counters_.requests_open, 1);
    add<std::uint64_t>(counters_.requests, 1);
}

void Worker::count_refusal() {
    add<std::size_t>(counters_.requests_open, 1);
    add<std::uint64_t>(counters_.refused, 1);
}

void Worker::count_answered(std::size_t requests) {
    add<std::size_t>(counters_.requests_open, 0 - requests);
}

void Worker::count_handshake() {
    add<std::uint64_t>(counters_.tls_handshakes, 1);
}

void Worker::count_tls_failure() {
    add<std::uint64_t>(counters_.tls_failures, 1);
}

std::span<char> Worker::wire_buffer() {
    if (wire_buffer_.empty()) wire_buffer_.resize(read_bytes);
    return wire_buffer_;
}

std::unique_ptr<RequestReader> Worker::lend_reader() {
    if (readers_.empty()) return std::make_unique<RequestReader>(settings());
    std::unique_ptr<RequestReader> reader = std::move(readers_.back());
    readers_.pop_back();
    return reader;
}

void Worker::give_back(std::unique_ptr<RequestReader> reader) {
    if (readers_.size() == pooled_readers_max) return;
    reader->begin({});
    readers_.push_back(std::move(reader));
}

void Worker::flush_later(const std::shared_ptr<Connection>& connection) {
    to_flush_.push_back(connection);
}

void Worker::continue_later(const std::shared_ptr<Connection>& connection) {
    if (to_continue_.empty()) mailbox_->wake();
    to_continue_.push_back(connection);
}

void Worker::flush_marked() {
    // Those that mark themselves again meanwhile wait for the next turn: a fast reader must not keep the loop here.
    std::vector<std::shared_ptr<Connection>> marked;
    marked.swap(to_flush_);
    for (const auto& connection : marked)
        connection->flush();
    if (!to_flush_.empty()) {
        mailbox_->wake();
        return;
    }
    marked.clear();
    to_flush_ = std::move(marked);  // for its memory
}

void Worker::continue_marked() {
    std::vector<std::shared_ptr<Connection>> marked;
    marked.swap(to_continue_);
    for (const auto& connection : marked)
        connection->continue_turn();
}

}  // namespace host::http
