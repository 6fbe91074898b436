#pragma once

#include "host/core/error.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// What a plugin is told when a statement of a room's own failed: that the database was in the way, but never its words,
// which would reach clients. Those go to the log. Other errors stay as they are.
core::Error room_failure(const core::Error& error, const log::Logger& logger);

}  // namespace host::bridge
