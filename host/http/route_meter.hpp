#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace host::http {

// What became of a request.
struct Finished {
    std::string_view method = {};  // as sent: HEAD although GET serves it
    std::uint16_t status = 0;      // 499: the client left before the answer began
    std::uint64_t bytes = 0;       // of the body, as far as it was given to the server
    std::chrono::nanoseconds duration{};
};

// Told of every request of one route, or of all that found none, when it has ended. Stands in the route, so that who counts
// has to look up nothing. Any thread, many at once; must not block.
class RouteMeter {
  public:
    virtual ~RouteMeter() = default;
    virtual void finished(const Finished& request) noexcept = 0;
};

}  // namespace host::http
