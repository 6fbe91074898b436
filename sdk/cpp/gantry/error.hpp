#pragma once

// gantry::Error: the one way a failure travels inside a plugin. Thrown by a handler it becomes a problem+json answer:
//
//     throw gantry::Error(gantry::Status::NotFound, "note 7 does not exist").code("NOTE_NOT_FOUND");

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gantry/abi/base.h>
#include <gantry/json.hpp>

namespace gantry {

// The failures of the ABI by name; each stands for an HTTP status (see gantry/abi/base.h).
enum class Status : std::int32_t {
    Ok = GANTRY_OK,
    Invalid = GANTRY_E_INVALID,
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

// `message` is shown to the API client: what was expected and what was found, lower case, no full stop, no secret.
class Error : public std::runtime_error {
  public:
    Error(Status status, const std::string& message) : std::runtime_error(message), status_(status) {}

    // SNAKE_UPPER for programs; without it the host derives one from the status.
    Error& code(std::string code) & { return code_ = std::move(code), *this; }
    Error&& code(std::string text) && { return std::move(code(std::move(text))); }
    // The field, constraint or upstream concerned.
    Error& where(std::string where) & { return where_ = std::move(where), *this; }
    Error&& where(std::string text) && { return std::move(where(std::move(text))); }
    // Another HTTP status than the one the status stands for.
    Error& http(std::uint32_t http) & { return http_ = http, *this; }
    Error&& http(std::uint32_t number) && { return std::move(http(number)); }
    // The same call may succeed if it is repeated as it is.
    Error& retryable(bool yes) & { return retryable_ = yes, *this; }
    Error&& retryable(bool yes) && { return std::move(retryable(yes)); }
    // An object for the problem's member "details".
    Error& details(Json details) & { return details_ = std::move(details), *this; }
    Error&& details(Json value) && { return std::move(details(std::move(value))); }

    Status status() const noexcept { return status_; }
    const std::string& code() const noexcept { return code_; }
    const std::string& where() const noexcept { return where_; }
    std::uint32_t http() const noexcept { return http_; }
    bool retryable() const noexcept { return retryable_; }
    const Json& details() const noexcept { return details_; }

  private:
    Status status_;
    std::string code_;
    std::string where_;
    std::uint32_t http_ = 0;
    bool retryable_ = false;
    Json details_;
};

// The client left, or the host ended the request: there is nobody to answer. Let it unwind the handler.
class Gone : public Error {
  public:
    explicit Gone(Status status) : Error(status, "the request has ended") {}
};

}  // namespace gantry
