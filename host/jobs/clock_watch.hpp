#pragma once

#include <chrono>
#include <utility>

namespace host::jobs {

// Tells that the wall clock was set back, by the monotonic one. One thread at a time.
class ClockWatch {
  public:
    // Since it was last asked.
    bool was_set_back() {
        const auto ahead =
            std::chrono::system_clock::now().time_since_epoch() - std::chrono::steady_clock::now().time_since_epoch();
        return ahead < std::exchange(ahead_, ahead) - set_back_min;
    }

  private:
    // Less than that is an adjustment.
    static constexpr std::chrono::seconds set_back_min{30};

    std::chrono::nanoseconds ahead_ = std::chrono::nanoseconds::min() / 2;  // the wall clock of the monotonic one; none yet
};

}  // namespace host::jobs
