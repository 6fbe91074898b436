#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

namespace host::jobs {

// What another host has last said of itself.
struct Heartbeat {
    std::int64_t host;
    std::int64_t lease_until_us;  // changes with every beat
    bool expired;                 // by the wall clock of PostgreSQL
};

// Tells hosts that have died from hosts under which a clock was set: silence is measured by whoever listens, on its
// monotonic clock.
class Silence {
  public:
    using Clock = std::chrono::steady_clock;

    // Those that have not been heard of for `lease`. One whose lease seems to go on gets four times as long: it may have
    // been told another jobs.lease, or the wall clock was set back after it had died.
    std::vector<Heartbeat> dead(const std::vector<Heartbeat>& beats, Clock::time_point now, std::chrono::milliseconds lease);

  private:
    struct Heard {
        std::int64_t lease_until_us;
        Clock::time_point since;
    };
    std::map<std::int64_t, Heard> heard_;
};

}  // namespace host::jobs
