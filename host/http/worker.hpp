#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "host/core/clock.hpp"
#include "host/http/dispatcher.hpp"
#include "host/http/mailbox.hpp"
#include "host/http/out_queue.hpp"
#include "host/http/request_reader.hpp"
#include "host/http/settings.hpp"
#include "host/log/logger.hpp"

namespace host::http {

class Connection;
class TlsStore;

enum class Protection : std::uint8_t { None, Tls };

// What the workers of one server have in common.
struct WorkerParts {
    const Settings& settings;
    Dispatcher& dispatcher;
    log::Logger logger;
    std::atomic<std::size_t>& connections;  // of all workers
    std::function<void()> on_empty;         // while draining: a worker has no connection any more
    TlsStore* tls = nullptr;                // if an address wants it
};

// One event loop and what its connections borrow from it. Everything but the mailbox and the counters belongs to its
// thread.
class Worker {
  public:
    explicit Worker(const WorkerParts& parts);
    virtual ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
    struct Counters {
        std::atomic<std::size_t> requests_open{0};
        std::atomic<std::uint64_t> requests{0};
        std::atomic<std::uint64_t> refused{0};
        std::atomic<std::uint64_t> tls_handshakes{0};
        std::atomic<std::uint64_t> tls_failures{0};
    };
    const Counters& counters() const { return counters_; }
    struct Totals {
        std::size_t requests_open = 0;
        std::uint64_t requests = 0;
        std::uint64_t refused = 0;
        std::uint64_t tls_handshakes = 0;
        std::uint64_t tls_failures = 0;
    };

    const Settings& settings() const { return parts_.settings; }
    Dispatcher& dispatcher() const { return parts_.dispatcher; }
    bool draining() const { return draining_; }
    void count_request();
    void count_refusal();
    void count_answered(std::size_t requests);
    void count_handshake();
    void count_tls_failure();
    // Of this turn of the loop.
    core::Monotonic::time_point now() const { return now_; }

    TextPool& texts() { return texts_; }
    std::span<char> read_buffer() { return read_buffer_; }
    // For bytes of a socket on their way through TLS into the buffer above.
    std::span<char> wire_buffer();
    std::unique_ptr<RequestReader> lend_reader();
    void give_back(std::unique_ptr<RequestReader> reader);

    // The connection has something to send; it is flushed once, when what runs now is over.
    void flush_later(const std::shared_ptr<Connection>& connection);
    // The connection has had its share of this turn and goes on in the next.
    void continue_later(const std::shared_ptr<Connection>& connection);

    // From now on its on_event() is told when the socket takes bytes again.
    virtual void watch_writes(Connection& connection) = 0;
    // Closes its socket and forgets it; the object lives on for as long as somebody holds it.
    virtual void release(Connection& connection) = 0;

  protected:
    const WorkerParts& parts() const { return parts_; }
    void begin_turn() { now_ = core::Monotonic::now(); }
    void flush_marked();
    void continue_marked();
    void set_draining() { draining_ = true; }

  private:
    WorkerParts parts_;
    std::shared_ptr<Mailbox> mailbox_;
    Counters counters_;
    core::Monotonic::time_point now_;
    bool draining_ = false;
    TextPool texts_;
    std::vector<char> read_buffer_;
    std::vector<char> wire_buffer_;  // empty without TLS
    std::vector<std::unique_ptr<RequestReader>> readers_;
    std::vector<std::shared_ptr<Connection>> to_flush_;
    std::vector<std::shared_ptr<Connection>> to_continue_;
};

}  // namespace host::http
