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

// Judges attempts, and counts how they ended. One thread at a time; the counts on any.
class Verdicts {
  public:
    explicit Verdicts(log::Logger logger) : logger_(std::move(logger)) {}

    Verdict of(const Ended& ended);
    void count(Counts& counts) const;

  private:
    void judge_failure(const Ended& ended, Verdict& verdict);

    const log::Logger logger_;
    std::atomic<std::uint64_t> done_{0}, failed_{0}, dead_{0}, interrupted_{0};
};

}  // namespace host::jobs
