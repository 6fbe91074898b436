#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "host/jobs/admin.hpp"
#include "host/jobs/floor.hpp"
#include "host/log/logger.hpp"

namespace host::jobs {

// What becomes of a job after an attempt.
struct Verdict {
    std::string id;
    std::int64_t host;  // these two: only if it is still that attempt of that host's
    std::uint32_t attempt;
    State state;
    bool counts = true;  // false: the attempt was none
    std::chrono::milliseconds delay{};
    std::string error_code;
    std::string error;
};

Verdict verdict_of(const Ended& ended);

// Counts how attempts ended. One thread at a time; the counts on any.
class AttemptCounts {
  public:
    explicit AttemptCounts(log::Logger logger) : logger_(std::move(logger)) {}

    // Its verdict is written down.
    void note(const Ended& ended, const Verdict& verdict);
    void count(Counts& counts) const;

  private:
    const log::Logger logger_;
    std::atomic<std::uint64_t> done_{0}, failed_{0}, dead_{0}, interrupted_{0};
};

}  // namespace host::jobs
