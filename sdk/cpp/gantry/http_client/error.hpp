#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gantry/error.hpp>

namespace gantry {

// A call to another server has no answer. code() says why ("TLS_NOT_TRUSTED", see gantry/abi/http_client.h), where() whom
// ("api.github.com:443"). Uncaught it becomes 503, or 504 past a deadline; the client is not told who was called.
class UpstreamError : public Error {
  public:
    UpstreamError(Status status, const std::string& message, std::string name, std::string upstream)
        : Error(status, message) {
        code(std::move(name));
        where(std::move(upstream));
    }

    // The administrator does not permit the call, or the address behind the name.
    bool is_denied() const noexcept { return status() == Status::Denied; }
    bool is_timeout() const noexcept { return status() == Status::Timeout; }
};

}  // namespace gantry
