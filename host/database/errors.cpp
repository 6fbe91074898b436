#include "host/database/errors.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <string_view>

namespace host::database {

using core::Code;
using core::Error;

namespace {

struct Meaning {
    std::string_view prefix;
    Code code;
    bool retryable;
};

// The first that fits counts: single states before their classes.
constexpr Meaning meanings[] = {
    {"23502", Code::InvalidArgument, false},  // not_null_violation
    {"23514", Code::InvalidArgument, false},  // check_violation
    {"23", Code::Conflict, false},            // integrity constraints
    {"22", Code::InvalidArgument, false},     // data exceptions
    {"42501", Code::Denied, false},           // insufficient_privilege
    {"57014", Code::Unavailable, false},      // query_canceled, by the administrator: see error_of() for the deadline
    {"40001", Code::Conflict, true},          // serialization_failure
    {"40P01", Code::Conflict, true},          // deadlock_detected
    {"25P02", Code::Conflict, false},         // in_failed_sql_transaction
    {"55P03", Code::Busy, true},              // lock_not_available
    {"53", Code::Unavailable, false},         // out of disk, memory, connections
    {"08", Code::Unavailable, true},          // connection exceptions
    {"57P", Code::Unavailable, true},         // shutdown, crash, starting up
};

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

std::string without_line_end(std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

}  // namespace

Error error_of(const std::string& sqlstate, const std::string& message, const std::string& constraint) {
    for (const Meaning& meaning : meanings) {
        if (sqlstate.compare(0, meaning.prefix.size(), meaning.prefix) != 0) continue;
        Error error{meaning.code, message, constraint, "SQLSTATE_" + sqlstate};
        if (meaning.retryable) error.mark_retryable();
        return error;
    }
    return Error{Code::Internal, message, constraint, "SQLSTATE_" + sqlstate};
}

Error error_of(const PGresult* result) {
    const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    // One SQLSTATE for three causes. What the host cancels itself never comes here; of the rest only the text tells the
    // server's own deadline from an administrator, or a server that ends.
    if (sqlstate == "57014" && message.find("statement timeout") != std::string::npos)
        return Error{Code::Timeout, message, {}, "SQLSTATE_57014"};
    // The wrong number of parameters. As the end of a connection, what a pooler says with this SQLSTATE is FATAL.
    if (sqlstate == "08P01" && field(result, PG_DIAG_SEVERITY_NONLOCALIZED) == "ERROR")
        return Error{Code::Internal, message, {}, "SQLSTATE_08P01"};
    if (message.empty()) message = without_line_end(PQresultErrorMessage(result));
    if (message.empty()) message = "the connection to the database broke";
    return error_of(sqlstate.empty() ? "08006" : sqlstate, message, field(result, PG_DIAG_CONSTRAINT_NAME));
}

bool is_connection_failure(const Error& error) {
    if (error.code() == Code::Internal) return false;
    return error.name().compare(0, 11, "SQLSTATE_08") == 0 || error.name().compare(0, 12, "SQLSTATE_57P") == 0;
}

std::optional<std::size_t> position_of(const PGresult* result) {
    const std::string position = field(result, PG_DIAG_STATEMENT_POSITION);
    if (position.empty()) return std::nullopt;
    return static_cast<std::size_t>(std::atoll(position.c_str()));
}

}  // namespace host::database
