#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/error.hpp"
#include "host/http/access_log.hpp"
#include "host/http/authenticator.hpp"
#include "host/http/content_coding.hpp"
#include "host/http/held_request.hpp"
#include "host/http/message.hpp"
#include "host/http/param.hpp"
#include "host/http/problem.hpp"
#include "host/http/reply.hpp"
#include "host/http/route.hpp"
#include "host/http/websocket_hub.hpp"

namespace host::http {

struct Context;
class RouteTable;

// One request on its way through the host, from the route found to the last byte of the answer. Handlers hold it by
// shared_ptr. The answering calls may come from any thread; the first wins, the others are told so.
class Exchange : public ReplyEvents, public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(const Context& context, const Request& request, Reply reply, std::shared_ptr<const RouteTable> table,
             const Route& route, std::vector<Param> params, std::string request_id);
    ~Exchange() override;

    // The views live until the handler returns, or, after keep(), as long as the exchange.
    const Request& request() const { return request_.view(); }
    void keep();
    std::span<const Param> params() const { return params_; }
    const Route& route() const { return route_; }
    // Keeps the code of the route's plugin in memory.
    std::shared_ptr<const void> pin() const { return table_; }
    const std::string& request_id() const { return request_id_; }
    std::string_view traceparent() const;  // empty: none sent, or not valid W3C Trace Context
    std::uint64_t deadline_ns() const { return deadline_ns_; }

    // Who calls; null on a public route. Set once, before the handler runs.
    const Principal* principal() const { return principal_.get(); }

    // Each returns false when the request has been answered or its client is gone; then nothing was taken.
    bool send(Head head, Bytes body);
    bool fail(const Problem& problem);
    bool fail(const core::Error& error) { return fail(problem_of(error)); }

    // A stream. `writable` and `closed` come on the connection's worker, `closed` of abort() on its thread; never both at
    // once. closed at most once, never after close().
    struct StreamEvents {
        std::function<void()> writable;
        std::function<void(core::Code reason)> closed;  // Cancelled or Timeout
    };
    // open() is false also for HEAD and for a status without a body: the head was sent, and there is no more to say.
    // `length`: of all pieces together, if it is known.
    bool open(Head head, StreamEvents events, std::optional<std::uint64_t> length = std::nullopt);
    // Gone: not taken. Otherwise the piece is taken, whatever becomes of it.
    Write write(Bytes piece);
    // False: `closed` has come or is just coming, on its own thread. A `writable` under way may still be finishing.
    bool close(Outcome outcome);

    // Makes a WebSocket of the connection instead of an answer. Throws InvalidArgument and Denied as the functions of
    // websocket_handshake.hpp do, and what WebSocketHub::reserve() throws: then the request is still to be answered. Null:
    // it has ended. `events` may come before this returns.
    struct WebSocketOffer {
        std::string subprotocol = {};  // one that the client offered; empty: none
        bool any_origin = false;       // pages of every origin are welcome
        const void* instance = nullptr;
        std::uint64_t message_bytes_max = 0;
        std::size_t messages_per_second_max = 0;
    };
    std::shared_ptr<WebSocket> accept(WebSocketHub& hub, WebSocketOffer offer, WebSocketEvents events);

    // Called once if the exchange ends before its answer began: Cancelled (client left, host stops) or Timeout. False: its
    // answer has begun, or it has ended, and there is nothing to be called any more.
    using CancelCallback = std::function<void(core::Code reason)>;
    bool on_cancel(CancelCallback cancelled);

    // Calls `alarm` once on the connection's worker when the time has come, unless the answer has begun by then: for a
    // handler that waits for something with a deadline of its own, which lies before that of the request. A later call
    // replaces the former. It must not hold the exchange, which holds it. After detach() only: by a handler that answers
    // later, or on the blocking pool.
    void set_alarm(std::chrono::steady_clock::time_point when, std::function<void()> alarm);

    // Runs `work` on the connection's worker, later. False: the connection is gone and the work is not taken.
    bool post(std::function<void()> work);
    // Ends it from the host's side, whatever its state: the error as the answer, or a cut of the stream. The handler is
    // told Cancelled, on this thread, as on_cancel and `closed` say. Nothing if it has ended.
    void abort(const core::Error& error);

    bool ended() const { return state_.load() == State::Ended; }

    // ReplyEvents
    void gone(Reason reason) override;
    void writable() override;
    void expired() override;

  private:
    friend class Pipeline;
    enum class State : std::uint8_t { Open, Streaming, Ended };

    // The dispatching thread is about to leave the request: from here on the answer may come from anywhere, is waited for
    // until the deadline, and a client that leaves is told to the handler.
    void detach();
    // Takes the one right to end an open exchange, or to turn it into a stream. The winner gets the handler's cancel
    // callback, which may be empty; the others get nothing.
    struct Step {
        State next;
        std::uint16_t status;
        std::shared_ptr<const StreamEvents> events = nullptr;
    };
    std::optional<CancelCallback> claim(Step step);

    // exchange_answer.cpp
    void answer(Head head, Bytes body);
    bool may_be_compressed(const Head& head, std::size_t body_bytes) const;
    void compress_and_deliver(Head head, Bytes body);
    void deliver(Head head, Bytes body);
    void answer(const Problem& problem);
    void dress(Head& head) const;
    bool has_no_body(std::uint16_t status) const;

    // exchange_stream.cpp
    bool open_and_end(Head head, std::optional<std::uint64_t> length);
    // Ends a stream: its events for the winner, null for the others.
    std::shared_ptr<const StreamEvents> end_stream();
    void tell_closed(const StreamEvents& events, core::Code reason);

    // exchange_ending.cpp
    bool ring();

    void set_principal(std::shared_ptr<const Principal> principal) { principal_ = std::move(principal); }
    // What the answer tells of the limits of its route; nothing if an answer, for want of time, is on its way already.
    void set_limit_lines(std::string lines);
    // For who changed the state last.
    void account(Ending ending) const;

    const Context& context_;
    // Before all that may come from a plugin, so that it goes last: the table pins the plugin's code.
    const std::shared_ptr<const RouteTable> table_;
    const Route& route_;
    const std::vector<Param> params_;
    const std::string request_id_;
    const std::string cors_lines_;
    const std::uint64_t started_ns_;
    const std::uint64_t deadline_ns_;
    const bool head_request_;
    std::shared_ptr<const Principal> principal_;
    std::string limit_lines_;  // does not change once the answer has been claimed
    const Coding coding_;
    const bool tls_;

    // Guards what follows. Nothing is called while it is held.
    mutable std::mutex mutex_;
    std::atomic<State> state_{State::Open};  // changes under the lock only
    HeldRequest request_;
    CancelCallback cancelled_;
    std::function<void()> alarm_;
    std::shared_ptr<const StreamEvents> events_;
    std::uint16_t status_ = 0;
    std::atomic<std::uint64_t> bytes_{0};

    // Held while `writable` or `closed` is called: whoever is closed may free what the other would use.
    std::mutex turn_;

    // Guards the reply: one call at a time. Before the other lock, where both are needed.
    std::mutex pen_;
    Reply reply_;
};

}  // namespace host::http
