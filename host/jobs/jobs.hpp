#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/jobs/admin.hpp"
#include "host/jobs/floor.hpp"
#include "host/jobs/job.hpp"
#include "host/jobs/schedules.hpp"
#include "host/jobs/settings.hpp"
#include "host/jobs/store.hpp"
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
    using Clock = std::chrono::steady_clock;
    // What the room's thread is to do, and when at the latest.
    struct Agenda {
        bool stopping = false;
        bool work = false;       // something has ended, or there may be something to claim
        bool look = false;       // there may be jobs of every kind
        bool cancels = false;    // somebody asked for one
        bool schedules = false;  // they changed
        std::vector<WorkerPointer> declarations;
    };

    void heard(const std::string& payload);
    void run();
    Agenda wait();
    void act(const Agenda& agenda);
    void keep_lease();
    void follow_schedules(const Agenda& agenda);
    void step();
    Verdict verdict_of(const Ended& ended);
    void note_failure(const core::Error& error);
    void wake(bool Agenda::*what);

    const Settings settings_;
    database::Database& database_;
    const log::Logger logger_;
    std::unique_ptr<database::Client> client_;
    std::optional<Store> store_;
    Silence silence_;
    std::optional<Schedules> schedules_;
    std::optional<Submissions> submissions_;
    std::optional<Admin> admin_;
    Floor floor_;
    std::mutex mutex_;
    std::condition_variable woken_;
    Agenda agenda_;
    std::vector<WorkerPointer> workers_;  // active ones, for their schedules
    std::unique_ptr<database::Listener::Subscription> subscription_;

    // The thread's own.
    std::int64_t host_ = 0;
    bool unsure_ = false;  // a claim may have succeeded without our knowledge
    std::vector<WorkerPointer> undeclared_;
    Clock::time_point lease_until_{};
    Clock::time_point renew_at_{};
    Clock::time_point look_at_{};
    Clock::time_point schedules_at_{};
    Clock::time_point progress_at_{};
    Clock::time_point clean_at_{};
    Clock::time_point retry_at_{};
    std::chrono::milliseconds retry_pause_{50};

    std::atomic<std::uint64_t> begun_{0}, done_{0}, failed_{0}, dead_{0}, interrupted_{0};
    std::thread thread_;
};

}  // namespace host::jobs
