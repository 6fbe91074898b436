#pragma once

#include <chrono>
#include <optional>

#include "host/core/clock.hpp"
#include "host/database/connection.hpp"
#include "host/log/logger.hpp"

namespace host::database {

// Keeps the connection of one lane alive. The first operation that finds the server gone waits for it, for
// connect_deadline; while it stays away, the later ones try once and fail at once. None waits past its own deadline.
class Reconnector {
  public:
    // `connection` outlives it.
    Reconnector(Connection& connection, std::chrono::milliseconds connect_deadline, log::Logger logger);

    // Throws Unavailable and Cancelled.
    void ensure_connected(const Bounds& bounds);

  private:
    void note_unreached(const core::Error& error);
    void note_reached();

    Connection& connection_;
    const std::chrono::milliseconds connect_deadline_;
    const log::Logger logger_;
    std::optional<core::Monotonic::time_point> broken_since_;
    core::Monotonic::time_point quiet_until_{};
};

}  // namespace host::database
