#pragma once

#include <optional>
#include <string>

#include "host/core/error.hpp"

struct pg_result;

namespace host::database {

// What an SQLSTATE means to the caller: name "SQLSTATE_23505", `where` the constraint, retryable where the same call may
// succeed if repeated. The message is PostgreSQL's own, for the log.
core::Error error_of(const std::string& sqlstate, const std::string& message, const std::string& constraint = {});

// Of a failed result of libpq. An absent SQLSTATE means that the connection broke (08006).
core::Error error_of(const pg_result* result);

// 08*, 57P*: the server or the way to it is gone.
bool is_connection_failure(const core::Error& error);

// PostgreSQL's position of a fault in the text sent, in characters from 1, if it named one.
std::optional<std::size_t> position_of(const pg_result* result);

}  // namespace host::database
