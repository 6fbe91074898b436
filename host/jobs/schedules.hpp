#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "host/database/client.hpp"
#include "host/jobs/cron.hpp"
#include "host/jobs/job.hpp"
#include "host/log/logger.hpp"

namespace host::jobs {

// Which of the times that have passed get a job, and when the next is due.
struct Occurrences {
    std::vector<Moment> due;
    std::optional<Moment> next;
};
// `first` was due and `now` is not before it. What is at most a minute late is not late.
Occurrences occurrences(const Cron& cron, Moment first, Moment now, CatchUp catch_up, std::size_t catch_up_max);

// Schedules in PostgreSQL. Whichever host comes first makes the job of a moment, all others find it made. Every call waits
// and throws core::Error.
class Schedules {
  public:
    Schedules(database::Client& client, log::Logger logger) : client_(client), logger_(std::move(logger)) {}

    // What the worker's plugin declares from now on; the rest of that plugin's is retired. An administrator's changes stay
    // until the plugin itself says something new.
    void declare(const Worker& worker);
    // Makes the jobs that are due, of these plugins' schedules. When the next is due.
    std::optional<std::chrono::milliseconds> make_due(const std::vector<WorkerPointer>& workers,
                                                      const AttemptsMax& attempts_max, bool set_back);

  private:
    struct Due;
    void make(const Due& due, std::uint32_t attempts_max);
    void wait_less(const std::vector<std::string>& plugins);

    database::Client& client_;
    const log::Logger logger_;
};

}  // namespace host::jobs
