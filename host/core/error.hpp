#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gantry/abi/base.h>

// The one way a failure travels inside the host. Caught in four places only: main, the HTTP pipeline, the bridge and
// the SDK's guard. The numbers are those of the ABI, so that crossing the border needs no table.
namespace host::core {

enum class Code : std::int32_t {
    InvalidArgument = GANTRY_E_INVALID,
    Unsupported = GANTRY_E_UNSUPPORTED,
    Denied = GANTRY_E_DENIED,
    NotFound = GANTRY_E_NOT_FOUND,
    Conflict = GANTRY_E_CONFLICT,
    Gone = GANTRY_E_GONE,
    Cancelled = GANTRY_E_CANCELLED,
    Timeout = GANTRY_E_TIMEOUT,
    Busy = GANTRY_E_BUSY,
    Limit = GANTRY_E_LIMIT,
    Unavailable = GANTRY_E_UNAVAILABLE,
    Internal = GANTRY_E_INTERNAL,
    Abi = GANTRY_E_ABI,
    Unauthenticated = GANTRY_E_UNAUTHENTICATED,
};

// What went wrong. `message` says what was expected and what was found, lower case, no full stop, no secret.
class Error : public std::runtime_error {
  public:
    Error(Code code, const std::string& message, std::string where = {}, std::string name = {})
        : std::runtime_error(message), code_(code), where_(std::move(where)), name_(std::move(name)) {}

    Code code() const { return code_; }
    // The field, constraint, file:line:column or upstream concerned; may be empty.
    const std::string& where() const { return where_; }
    // SNAKE_UPPER for programs, "SQLSTATE_23505"; empty: the name of the code.
    const std::string& name() const { return name_; }
    // May the same call succeed if repeated as it is?
    bool retryable() const { return retryable_; }
    Error& mark_retryable() {
        retryable_ = true;
        return *this;
    }

  private:
    Code code_;
    std::string where_;
    std::string name_;
    bool retryable_ = false;
};

// "NOT_FOUND", the name that clients see in a problem's "code".
std::string_view name_of(Code code);
// The HTTP status that stands for it (RFC 9110).
std::uint16_t http_status_of(Code code);
// Unknown negatives are Internal, as the ABI says; only for negative statuses.
Code code_of(gantry_status status);

// Fills an error that crosses the border, as much of it as the other side has room for; `out` may be null.
void fill(gantry_error* out, const Error& error);

}  // namespace host::core
