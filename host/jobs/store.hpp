#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/core/silence.hpp"
#include "host/database/client.hpp"
#include "host/jobs/admin.hpp"
#include "host/jobs/floor.hpp"
#include "host/jobs/job.hpp"
#include "host/jobs/verdicts.hpp"

namespace host::jobs {

// Jobs in PostgreSQL, as the room's own thread needs them; every call waits and throws core::Error. See
// migrations/gantry/0001_create_job.sql.
class Store {
  public:
    explicit Store(database::Client& client) : client_(client) {}

    std::int64_t register_host(std::chrono::milliseconds lease);
    // False: the lease was lost, and perhaps the jobs with it.
    bool renew_lease(std::int64_t host, std::chrono::milliseconds lease);
    // Also when every other host of this database is known to be dead.
    void end_leases_but(std::int64_t host);
    void end_lease(std::int64_t host);
    std::vector<core::Heartbeat> heartbeats_but(std::int64_t host);
    void bury(const std::vector<core::Heartbeat>& silent);
    // Jobs of hosts that were buried wait again, or are dead after their last attempt. How many.
    std::size_t take_back_from_dead();
    // After the clock was set back: jobs that were made in what is now the future wait as long as they were told to, from
    // now on. Whoever is first does it for all hosts.
    void wait_less();
    // Every host looks for work.
    void tell_of_waiting();
    // Jobs that the host holds without knowing it: the answer to a claim was lost.
    void give_up_unknown(std::int64_t host, const std::vector<std::string>& known);

    struct Step {
        std::vector<Claimed> claimed;
        std::size_t written = 0;
        std::optional<std::chrono::milliseconds> next_due;  // of the wanted kinds
    };
    // Writes what has ended and claims what is wanted: one statement, one commit.
    Step step(std::int64_t host, const std::vector<Verdict>& verdicts, const std::vector<Want>& wants);
    void write_progress(std::int64_t host, const std::vector<Progress>& progress);
    std::set<std::string> asked_to_cancel(std::int64_t host);
    // How many were deleted.
    std::size_t clean(std::chrono::milliseconds keep_done, std::chrono::milliseconds keep_failed);

  private:
    database::Client& client_;
};

}  // namespace host::jobs
