#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "host/http/message.hpp"
#include "host/http/upgrade.hpp"

namespace host::http {

class AnswerSink;
class Connection;
struct Stream;

enum class Write { Ok, Again, Gone };
enum class Outcome { Complete, Cut };

// What happens to an answer that is still owed or under way. Called on the connection's worker, never while a lock of the
// server is held, never two at once for one reply.
class ReplyEvents {
  public:
    virtual ~ReplyEvents() = default;
    // The client left, or it does not read, or the server is stopping: nothing can be sent any more. Once; not after the
    // answer is complete.
    enum class Reason { ClientLeft, WriteStalled, Stopping };
    virtual void gone(Reason reason) = 0;
    // After a write that returned Write::Again: there is room.
    virtual void writable() = 0;
    // The time given to Reply::set_deadline has passed and the answer has not begun.
    virtual void expired() = 0;
};

// How a stream goes out.
struct StreamKind {
    std::chrono::milliseconds heartbeat{0};    // > 0: an SSE comment line when nothing was written for so long
    std::optional<std::uint64_t> length = {};  // told as Content-Length; the pieces must add up to it. Without: chunked
};

// The right to answer one request, once. Any thread; cheap to move, holds no memory of the connection. Destroyed without
// an answer, it answers 500. Answers go out in the order of their requests, whatever order they come in.
class Reply {
  public:
    Reply() = default;
    Reply(std::weak_ptr<Connection> connection, std::uint64_t sequence);
    // For a request that came from no connection.
    explicit Reply(std::shared_ptr<AnswerSink> sink);
    Reply(Reply&& other) noexcept;
    Reply& operator=(Reply&& other) noexcept;
    ~Reply();

    explicit operator bool() const { return !done_; }

    // Who is told what becomes of the answer. Inside Dispatcher::dispatch(), so that nothing can have happened before;
    // weak: a listener that died is not called.
    void watch(std::weak_ptr<ReplyEvents> events);
    void set_deadline(std::chrono::steady_clock::time_point when);
    // Runs `work` on the connection's worker, later. False: the connection is gone and the work is not taken.
    bool post(std::function<void()> work) const;

    // The whole answer. For HEAD, 204 and 304 the body is not sent (its length is, for HEAD).
    void send(Head head, Bytes body);

    // An answer in pieces (of a length told before, or chunked; for HTTP/1.0 until the connection closes).
    void open(Head head, const StreamKind& kind);
    Write write(Bytes piece);
    // Cut closes the connection without the last chunk: the client sees that the body is incomplete.
    void close(Outcome outcome);

    // Gives the connection itself away once all earlier answers are sent: another protocol is spoken on it then.
    void upgrade(UpgradeTicket ticket);

  private:
    void finish();

    std::weak_ptr<Connection> connection_;
    std::uint64_t sequence_ = 0;
    std::shared_ptr<Stream> stream_;    // once open
    std::shared_ptr<AnswerSink> sink_;  // in the place of a connection
    bool sink_open_ = false;
    bool done_ = true;
};

}  // namespace host::http
