#pragma once

#include <memory>
#include <string>

#include "host/database/bounds.hpp"

namespace soci {
class session;
}

namespace host::database {

// One attempt to connect. libpq blocks for it as long as the name service and the server please, so it has a thread of its
// own: an operation waits for it no longer than until its own deadline, and the next one goes on waiting for the same.
class ConnectionAttempt {
  public:
    // Begins it.
    explicit ConnectionAttempt(const std::string& session_url);

    // False: it is still under way at the deadline. Throws Cancelled.
    bool wait(const Bounds& bounds) const;
    // Once, after it has ended. Throws Unavailable with the reason.
    std::unique_ptr<soci::session> take();

  private:
    struct State;
    const std::shared_ptr<State> state_;  // the thread may outlive this object; the connection then ends at once
};

}  // namespace host::database
