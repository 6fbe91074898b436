#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "host/http/message.hpp"
#include "host/http/reply.hpp"

namespace host::http {

// Why the server itself refused a request: bytes that are no request, limits, deadlines.
struct Refusal {
    std::uint16_t status;     // 400, 408, 413, 414, 417, 431, 501, 503, 505
    std::string_view code;    // "BODY_TOO_LARGE"
    std::string_view detail;  // what was expected and what was found
};

// What stands above the server. All calls come on a worker, many at once; none may block or throw.
class Dispatcher {
  public:
    virtual ~Dispatcher() = default;
    // The head is in, the body is not: how large may it be? Beyond that the server answers 413 at once and closes.
    virtual std::uint64_t body_bytes_max(const Request& head) = 0;
    // A whole request. Its bytes are the connection's: valid until dispatch() returns.
    virtual void dispatch(const Request& request, Reply reply) = 0;
    // The answer for a refusal; the server sends it and closes. `partial` has what was understood of the request.
    virtual std::pair<Head, std::string> refuse(const Refusal& refusal, const Request& partial) = 0;
};

}  // namespace host::http
