#include "host/core/database_words.hpp"

namespace host::core {

bool is_of_database(const Error& error) {
    return error.name().starts_with("SQLSTATE_");
}

Error without_database_words(const Error& error) {
    if (!is_of_database(error)) return error;
    const bool in_time = error.code() != Code::Timeout;
    Error told(error.code(), in_time ? "the database cannot be reached" : "the database did not answer in time", "database",
               in_time ? "DEPENDENCY_UNAVAILABLE" : "DEADLINE_EXCEEDED");
    const bool away = error.code() == Code::Unavailable || error.code() == Code::Busy;
    // A transaction that has failed before, or a defect of ours: nothing that a client could wait for.
    if (in_time && !away) told = Error(error.code(), "the database refused it", "database");
    if (error.retryable()) told.mark_retryable();
    return told;
}

}  // namespace host::core
