#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace host::core {

// What another host has last said of itself, or of something that it has.
struct Heartbeat {
    std::string of;
    std::int64_t lease_until_us;  // changes with every beat
    bool expired;                 // by the wall clock of PostgreSQL
};

// Tells hosts that have died from hosts under which a clock was set: silence is measured by whoever listens, on its
// monotonic clock.
class Silence {
  public:
    using Clock = std::chrono::steady_clock;

    // Those that have not been heard of for `lease`. One whose lease seems to go on gets four times as long: it may have
    // been told another lease, or the wall clock was set back after it had died.
    std::vector<Heartbeat> dead(const std::vector<Heartbeat>& beats, Clock::time_point now, std::chrono::milliseconds lease);

  private:
    struct Heard {
        std::int64_t lease_until_us;
        Clock::time_point since;
    };
    std::map<std::string, Heard> heard_;
};

}  // namespace host::core
