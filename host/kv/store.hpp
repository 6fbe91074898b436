#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "host/kv/request.hpp"

namespace host::kv {

struct Counts {
    std::uint64_t operations = 0;  // that have ended
    std::uint64_t misses = 0;      // gets that found nothing
    std::uint64_t failures = 0;    // that could not be carried out: away, too late, too many
    std::uint64_t waiting = 0;     // that have not ended yet
    std::uint64_t entries = 0;     // in memory, as the two below
    std::uint64_t bytes = 0;
    std::uint64_t evicted = 0;  // before their time, because there was no room
    bool available = true;
};

// Where keys and values are. All stores mean the same by the same request. Any thread, unless said otherwise.
class Store {
  public:
    virtual ~Store() = default;

    virtual void start() {}  // [control]
    // Completes what is open. Nothing may be begun afterwards. [control]
    virtual void stop() {}

    // The outcome of a store that need not wait; nothing: use begin().
    virtual std::optional<Outcome> now(const Request& request) = 0;
    // Throws Unavailable, Busy, Cancelled; then the completion is never called. Returns at once also while the server is
    // away.
    virtual void begin(const Request& request, Completion completion) = 0;

    virtual Counts counts() const = 0;
};

}  // namespace host::kv
