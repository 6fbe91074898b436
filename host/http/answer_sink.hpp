#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "host/http/message.hpp"
#include "host/http/reply.hpp"

namespace host::http {

// Takes an answer in the place of a connection, for requests that the host makes of itself. Calls come as Reply's do: any
// thread, one at a time.
class AnswerSink {
  public:
    virtual ~AnswerSink() = default;
    // Who wants to know if nobody waits any more. Weak, as Reply's.
    virtual void watch(std::weak_ptr<ReplyEvents> events) = 0;
    virtual void set_deadline(std::chrono::steady_clock::time_point when) = 0;
    virtual bool post(std::function<void()> work) = 0;
    virtual void answer(Head head, Bytes body) = 0;
    virtual void open(Head head, const StreamKind& kind) = 0;
    virtual Write write(Bytes piece) = 0;
    virtual void close(Outcome outcome) = 0;
    // There is no connection to give away: the ticket's holder learns it by the ticket's end.
    virtual void upgrade(UpgradeTicket ticket) = 0;
};

}  // namespace host::http
