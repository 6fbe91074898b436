#pragma once

#include <chrono>
#include <memory>

#include "host/core/clock.hpp"

struct pg_conn;

namespace host::database {

// Asks the server to end what a connection runs. libpq does that on a connection of its own and waits for the server, for
// ever if need be, so it has a thread of its own: a server that is silent holds up nobody else.
class CancelRequest {
  public:
    // Sends it. The connection is not used any more once this has returned.
    explicit CancelRequest(pg_conn* connection);

    // The server has taken notice, or could not be reached: what is sent on the connection from now on is not hit.
    bool has_ended() const;
    // False: it has not by then.
    bool wait_until(core::Monotonic::time_point time) const;

  private:
    struct State;
    const std::shared_ptr<State> state_;  // the thread may outlive this object
};

}  // namespace host::database
