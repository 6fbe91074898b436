#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace host::http {

class Exchange;

// What the limits of a route say of one request. The numbers are those of the limit that is nearest to its end.
struct Allowance {
    enum class Outcome : std::uint8_t {
        Unlimited,  // no limit concerns this request, or none could be asked and it may pass all the same
        Within,
        Exceeded,
        Unknown,  // whether it is within cannot be told, and without that it may not pass
    };
    Outcome outcome = Outcome::Unlimited;
    std::string name = {};  // of the limit
    std::uint64_t limit = 0;
    std::uint64_t remaining = 0;
    std::uint64_t reset_ms = 0;  // until all of it is there again, at the latest; Exceeded: until one call is
};

// A limit as clients read of it.
struct LimitPolicy {
    std::string name;
    std::uint64_t limit;
    std::uint64_t window_ms;
};

// Counts the calls of a route. Stands in the route, so that one without limits has nothing to look up.
class RouteLimit {
  public:
    virtual ~RouteLimit() = default;
    // Counts the request. Calls `decided` once, inside the call or later, on any thread. Must not block or throw. The
    // caller, if it is known, is known by now. Any thread.
    virtual void ask(const std::shared_ptr<Exchange>& exchange, std::function<void(Allowance)> decided) = 0;
    virtual std::vector<LimitPolicy> policies() const = 0;
};

}  // namespace host::http
