#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/database/client.hpp"
#include "host/jobs/job.hpp"

// What an administrator sees of jobs. Times are microseconds since 1970-01-01T00:00:00Z; 0: not yet, or never.
namespace host::jobs {

enum class State { Waiting, Running, Done, Dead, Cancelled };

// "waiting", "running", "done", "dead", "cancelled"; the other way round nothing for another word.
std::string name_of(State state);
std::optional<State> state_named(const std::string& name);

struct Job {
    std::string id;
    std::string plugin;
    std::string kind;
    std::string key;
    State state = State::Waiting;
    std::uint32_t attempt = 0;  // how often it was begun: more than 1 after a failure or an interruption
    std::uint32_t attempts_max = 0;
    std::int64_t due_at_us = 0;
    std::int64_t created_at_us = 0;
    std::int64_t started_at_us = 0;
    std::int64_t finished_at_us = 0;
    std::uint32_t progress_permille = 0;
    std::string progress_note;
    bool cancel_asked = false;
    std::string schedule;  // that made it; empty: none
    std::int64_t scheduled_for_us = 0;
    std::string error_code;  // of the last attempt that failed
    std::string error;
    std::string principal_id;  // for whom it is done; empty: nobody in particular
    std::uint64_t payload_bytes = 0;
    std::string payload;  // get() only
};

// Empty members do not restrict.
struct Filter {
    std::string plugin;
    std::string kind;
    std::string key;
    std::string schedule;
    std::optional<State> state;
    std::string cursor;      // Page::next of the page before
    std::size_t limit = 50;  // at most 500
};

// The newest first.
struct Page {
    std::vector<Job> jobs;
    std::string next;  // empty: this is the last
};

struct ScheduleStatus {
    std::string plugin;
    std::string name;
    std::string kind;
    std::string cron;
    std::string time_zone;
    std::string declared_cron;  // what the plugin says, where an administrator has changed it
    std::string declared_time_zone;
    bool enabled = true;
    std::int64_t next_at_us = 0;
    std::int64_t last_at_us = 0;
};

// What is given changes.
struct ScheduleChange {
    std::optional<std::string> cron;
    std::optional<std::string> time_zone;
    std::optional<bool> enabled;
};

// Totals since the start; the gauges are of this moment.
struct Counts {
    std::uint64_t submitted = 0;
    std::uint64_t begun = 0;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;  // attempts
    std::uint64_t dead = 0;
    std::uint64_t interrupted = 0;
    std::size_t running = 0;
    std::size_t claimed_ahead = 0;
};

// What an administrator does with jobs, on any host. Every call waits for the database and throws core::Error. On any
// thread that may block.
class Admin {
  public:
    Admin(database::Client& client, AttemptsMax attempts_max) : client_(client), attempts_max_(std::move(attempts_max)) {}

    // Throws InvalidArgument for a cursor that no page gave.
    Page list(const Filter& filter) const;
    // These three throw NotFound. With a principal's id it is as though there were no jobs but those done for it.
    Job get(const std::string& id, const std::optional<std::string>& principal_id = std::nullopt) const;
    // A job that waits is cancelled; one that runs is asked to stop, see Job::cancel_asked. Conflict: it is over.
    Job cancel(const std::string& id, const std::optional<std::string>& principal_id = std::nullopt) const;
    // A dead or cancelled job waits again, with all its attempts. Conflict: it is neither, or its key is taken.
    Job retry(const std::string& id) const;

    // Those that plugins declare at present, by plugin and name.
    std::vector<ScheduleStatus> schedules() const;
    // Throws InvalidArgument for a wrong expression or zone.
    ScheduleStatus change_schedule(const std::string& plugin, const std::string& name, const ScheduleChange& change) const;
    // Once, now, whatever the clock says and even if it is disabled. The id of the job.
    std::string run_schedule(const std::string& plugin, const std::string& name) const;

  private:
    database::Client& client_;
    const AttemptsMax attempts_max_;
};

}  // namespace host::jobs
