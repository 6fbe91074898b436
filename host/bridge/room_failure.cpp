#include "host/bridge/room_failure.hpp"

namespace host::bridge {

using core::Code;
using core::Error;

core::Error room_failure(const Error& error, const log::Logger& logger) {
    if (!error.name().starts_with("SQLSTATE_")) return error;
    logger.warn("the database refused what the host wrote for the plugin",
                {{"code", error.name()}, {"reason", error.what()}});
    const bool in_time = error.code() != Code::Timeout;
    Error told(error.code(), in_time ? "the database cannot be reached" : "the database did not answer in time", "database",
               in_time ? "DEPENDENCY_UNAVAILABLE" : "DEADLINE_EXCEEDED");
    const bool away = error.code() == Code::Unavailable || error.code() == Code::Busy;
    // A transaction that has failed before, or a defect of ours: nothing that a client could wait for.
    if (in_time && !away) told = Error(error.code(), "the database refused it", "database");
    if (error.retryable()) told.mark_retryable();
    return told;
}

}  // namespace host::bridge
