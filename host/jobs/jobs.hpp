#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/jobs/admin.hpp"
#include "host/jobs/floor.hpp"
#include "host/jobs/foreman.hpp"
#include "host/jobs/job.hpp"
#include "host/jobs/settings.hpp"
#include "host/jobs/submissions.hpp"
#include "host/log/logger.hpp"

namespace host::jobs {

// The room's face: durable jobs in PostgreSQL, done by plugins on the blocking pool.
//
// A job that was accepted is done once, or its `attempt` says how often it was begun: an attempt ends unrecorded only when
// the host dies in the middle of it, and then it is begun again. At any time at most one host has it: claims are made
// under row locks and hold as long as the host's lease.
class Jobs {
  public:
    // All three outlive it. Does nothing yet.
    Jobs(Settings settings, database::Database& database, core::ThreadPool& pool, log::Logger logger);
    // As stop().
    ~Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    // After the migrations. Throws what the database throws. [control]
    void start();
    // Begins nothing more and gives back what has not begun.
    void close() { floor_.close(); }
    // That, and waits for what runs. False: some still does at the deadline.
    bool drain(std::chrono::steady_clock::time_point deadline);
    // Writes what has ended and gives up the lease; what still runs will be begun again. After the plugins have ended.
    // [control]
    void stop();

    // See Floor. The worker's schedules are declared with it. Any thread.
    void activate(WorkerPointer worker);
    void retire(const WorkerPointer& worker);
    void abandon(const WorkerPointer& worker);

    // Throws InvalidArgument or Busy, and then `done` is not called; else it is called once, on a database thread.
    void submit(Draft draft, SubmitDone done);
    // The same draft with what it left open, checked; for submissions in a transaction.
    Draft completed(Draft draft) const;
    void written_within() { submissions_->written_within(); }
    // As Floor's.
    bool finish(std::uint64_t run, Ending ending) { return floor_.finish(run, std::move(ending)); }
    gantry_status progress(std::uint64_t run, std::uint32_t permille, std::string note) {
        return floor_.progress(run, permille, std::move(note));
    }
    // A plugin's own job; `done` as for submit(). Its error is NotFound or Conflict (it is over).
    void cancel(const std::string& plugin, const std::string& id, std::function<void(const core::Error*)> done);

    // After start().
    Admin& admin() { return *admin_; }
    Counts counts() const;

  private:
    const Settings settings_;
    database::Database& database_;
    std::unique_ptr<database::Client> client_;
    std::optional<Submissions> submissions_;
    std::optional<Admin> admin_;
    Foreman foreman_;  // the floor wakes it as long as there is a floor
    Floor floor_;
    std::unique_ptr<database::Listener::Subscription> subscription_;
};

}  // namespace host::jobs
