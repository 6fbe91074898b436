#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/database/bounds.hpp"
#include "host/database/cancel_request.hpp"

struct pg_conn;

namespace host::database {

// What libpq says of something that was to be sent: 1 is success. Throws.
void check_sent(pg_conn* connection, int sent);

// One exchange with the server that is under way: sends what libpq still holds back and waits for the answer. When the
// bounds are reached it asks the server to cancel, and waits on for the error that this brings. A server that does not
// answer that either is given up: the socket is shut down, and the reason thrown.
class AnswerWait {
  public:
    // Both outlive it.
    AnswerWait(pg_conn* connection, const Bounds& bounds);
    // Waits until a cancel request cannot hit the next statement any more, or makes sure that there is none.
    ~AnswerWait();
    AnswerWait(const AnswerWait&) = delete;
    AnswerWait& operator=(const AnswerWait&) = delete;

    void send_rest();
    // Until PQgetResult() would not block.
    void until_result();
    // Ends the connection: nothing can be sent on it any more.
    void give_up();
    // Why the exchange was interrupted, if it was.
    const std::optional<core::Error>& reason() const { return reason_; }

  private:
    void wait_for_input();
    void receive();
    void interrupt(core::Error reason);

    pg_conn* const connection_;
    const Bounds& bounds_;
    core::Monotonic::time_point wake_;     // when something must be done even if nothing arrives
    core::Monotonic::time_point give_up_;  // once interrupted
    std::size_t bytes_received_ = 0;
    std::size_t reads_ = 0;
    std::optional<core::Error> reason_;
    std::optional<CancelRequest> cancel_;
};

}  // namespace host::database
