#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/owed_answer.hpp"
#include "host/http/socket.hpp"
#include "host/http/tls_channel.hpp"
#include "host/http/worker.hpp"

namespace host::http {

// One client. Everything happens on its worker; other threads reach it through the worker's mailbox.
//
// Requests are read one after the other and up to 64 may be unanswered at a time; their answers leave in the order of
// the requests. While the client does not take what is sent, nothing more is read from it.
//
// A FIN from the client: answers that are owed are still sent, because a client may well shut down its sending side
// after the last request. A stream ends: there a FIN is the only sign of a client that left, and nobody who wants to go
// on listening sends it. A client that has closed altogether shows itself by a reset.
//
// TLS stands between the socket and everything else: where bytes are read and where they are written, nowhere else.
//
// Nobody outside is called while a call of Reply runs: what there is to tell is told from the loop.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    // `tls` null: plain.
    Connection(Worker& worker, int descriptor, std::string peer, std::unique_ptr<TlsChannel> tls);
    ~Connection();

    // Any thread.
    Mailbox& mailbox() { return *mailbox_; }
    const Settings& settings() const { return settings_; }

    // What Reply asks for.
    void watch(std::uint64_t sequence, std::weak_ptr<ReplyEvents> events);
    void set_deadline(std::uint64_t sequence, core::Monotonic::time_point when);
    void answer(std::uint64_t sequence, Head head, Bytes body);
    void open(std::uint64_t sequence, Head head, const StreamKind& kind, std::shared_ptr<Stream> stream);
    void write(std::uint64_t sequence, Bytes piece);
    void close(std::uint64_t sequence, Outcome outcome);
    void upgrade(std::uint64_t sequence, UpgradeTicket ticket);

    // What the loop tells.
    struct Readiness {
        bool writable;
        bool finished;  // the peer has shut down its sending side
        bool hung_up;   // both sides are shut down, or the connection was reset
    };
    void on_event(const Readiness& readiness);
    void on_tick();
    void flush();
    void continue_turn();
    // Answers with the refusal, then closes.
    void refuse(const Refusal& refusal);
    void begin_drain();
    // Ends it as it is; returns the number of answers that were owed.
    std::size_t cut(ReplyEvents::Reason reason);

    int descriptor() const { return descriptor_; }

  private:
    // Open: reads requests. Finishing: reads none, what is owed is sent. Lingering: our FIN is sent; what still comes is
    // thrown away, so that the client can read its answer before it sees a reset. Closed: the socket is gone.
    enum class Phase : std::uint8_t { Open, Finishing, Lingering, Closed };

    // connection_input.cpp: bytes to requests
    void read_socket(bool finished);
    socket::Result read_some(std::span<char> buffer);
    socket::Result read_tls(std::span<char> buffer);
    void begin_request();
    void receive(std::string_view bytes);
    std::string_view read_requests(std::string_view input);
    bool read_request(std::string_view& input);
    void dispatch();
    void refuse_partial(const Refusal& refusal, const Request& partial);
    void on_peer_finished();
    bool must_wait() const { return blocked_ || upgrading_ || answers_.size() >= pipelined_max; }

    // connection_answers.cpp: answers to bytes
    OwedAnswer* find(std::uint64_t sequence);
    OutQueue& target(OwedAnswer& answer) { return &answer == answers_.data() ? out_ : answer.held; }
    void append_piece(OwedAnswer& answer, Bytes piece);
    void complete(OwedAnswer& answer);
    void pop_complete();
    void end_answers();
    static void tell_gone(std::vector<OwedAnswer>& answers, ReplyEvents::Reason reason);
    void mark();
    void tell_writable();
    void tell_expired();
    void beat();

    // connection.cpp: the life of the socket
    bool write_socket();
    bool write_tls();
    bool flush_tls();
    bool part();
    bool may_leave() const;
    void hand_over();
    void block();
    bool all_sent() const { return out_.empty() && (!tls_ || !tls_->has_output()); }
    void end_if_finished();
    void settle_idle();
    void check_deadlines();
    void close_socket();
    void lose(ReplyEvents::Reason reason);

    static constexpr std::size_t pipelined_max = 64;

    Worker& worker_;
    const std::shared_ptr<Mailbox> mailbox_;
    const Settings& settings_;
    const int descriptor_;
    const std::string peer_;
    std::unique_ptr<TlsChannel> tls_;

    Phase phase_ = Phase::Open;
    bool marked_ = false;   // on the worker's list of those to flush, or about to be flushed
    bool blocked_ = false;  // the socket takes nothing at present
    bool writes_watched_ = false;
    bool waiting_ = false;     // there may be bytes to read, but first answers must leave
    bool continuing_ = false;  // on the worker's list for the next turn
    bool peer_finished_ = false;
    bool upgrading_ = false;  // what follows the last request may be of another protocol
    bool left_ = false;       // to be told from the loop
    bool linger_ = false;     // the client may still be sending

    std::unique_ptr<RequestReader> reader_;  // only while a request is under way
    std::string pending_;                    // bytes of a request that is not whole
    std::uint64_t first_sequence_ = 0;       // of answers_.front()
    std::vector<OwedAnswer> answers_;
    OutQueue out_;
    // Since when the present state lasts: idle, a head, a body without a byte, lingering.
    core::Monotonic::time_point since_;
    core::Monotonic::time_point blocked_since_;
};

}  // namespace host::http
