#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/jobs.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

struct SubmittedJob {
    std::string id;
    std::string kind;
    std::string key;
    std::string payload;
    std::uint64_t delay_ms = 0;
    gantry_id transaction = 0;
    std::string principal_id;
};

struct DeclaredSchedule {
    std::string name;
    std::string cron;
    std::string time_zone;
    std::string kind;
    std::string payload;
    std::uint32_t catch_up = 0;
};

// How an attempt ended.
struct JobResult {
    gantry_status status = GANTRY_OK;
    std::string message;
};

// gantry.jobs/1 that runs nothing by itself: it remembers what is submitted, and a test runs what it wants.
class FakeJobs {
  public:
    FakeJobs(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    std::vector<SubmittedJob> submitted() const {
        const std::lock_guard lock(mutex_);
        return submitted_;
    }
    std::vector<DeclaredSchedule> schedules() const {
        const std::lock_guard lock(mutex_);
        return schedules_;
    }
    std::vector<std::string> cancelled() const {
        const std::lock_guard lock(mutex_);
        return cancelled_;
    }
    // From now on progress() asks the handler to stop.
    void ask_to_stop() {
        const std::lock_guard lock(mutex_);
        stop_asked_ = true;
    }
    // What progress() was last told.
    std::pair<std::uint32_t, std::string> progress() const {
        const std::lock_guard lock(mutex_);
        return progress_;
    }
    // Runs one attempt on this thread, as a blocking one, and waits for its end.
    JobResult run(const std::string& kind, const std::string& payload = {}, std::uint32_t attempt = 1);

    gantry_status handle(const gantry_job_kind& kind) {
        const std::lock_guard lock(mutex_);
        const bool fresh = kinds_.emplace(std::string(view(kind.kind)), std::pair(kind.handler, kind.user)).second;
        return fresh ? GANTRY_OK : GANTRY_E_CONFLICT;
    }
    gantry_status schedule(const gantry_job_schedule& schedule) {
        const std::lock_guard lock(mutex_);
        if (kinds_.count(std::string(view(schedule.kind))) == 0) return GANTRY_E_INVALID;
        schedules_.push_back({std::string(view(schedule.name)), std::string(view(schedule.cron)),
                              std::string(view(schedule.time_zone)), std::string(view(schedule.kind)),
                              std::string(view(schedule.payload)), schedule.catch_up});
        return GANTRY_OK;
    }
    gantry_status submit(const gantry_job& job, gantry_submit_done done, void* user);
    gantry_status tell_progress(gantry_id run, std::uint32_t permille, gantry_str note) {
        const std::lock_guard lock(mutex_);
        if (runs_.count(run) == 0) return GANTRY_E_GONE;
        progress_ = {permille, std::string(view(note))};
        return stop_asked_ ? GANTRY_E_CANCELLED : GANTRY_OK;
    }
    gantry_status finish(gantry_id run, gantry_status status, const gantry_error* error) {
        const std::lock_guard lock(mutex_);
        const auto open = runs_.find(run);
        if (open == runs_.end() || open->second.over) return GANTRY_E_GONE;
        open->second = {true, {status, error != nullptr ? error->message : ""}};
        changed_.notify_all();
        return GANTRY_OK;
    }
    gantry_status cancel(gantry_str id, gantry_done done, void* user) {
        const std::lock_guard lock(mutex_);
        cancelled_.emplace_back(view(id));
        calls_.add([done, user] { done(user, GANTRY_OK, nullptr); });
        return GANTRY_PENDING;
    }

  private:
    struct Open {
        bool over = false;
        JobResult result;
    };

    Watch& watch_;
    Calls& calls_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::pair<gantry_job_handler, void*>> kinds_;
    std::vector<DeclaredSchedule> schedules_;
    std::vector<SubmittedJob> submitted_;
    std::vector<std::string> cancelled_;
    std::map<gantry_id, Open> runs_;
    std::pair<std::uint32_t, std::string> progress_;
    gantry_id next_run_ = 1;
    bool stop_asked_ = false;
};

inline JobResult FakeJobs::run(const std::string& kind, const std::string& payload, std::uint32_t attempt) {
    std::unique_lock lock(mutex_);
    const auto known = kinds_.find(kind);
    if (known == kinds_.end()) return {GANTRY_E_NOT_FOUND, "the plugin does not handle " + kind};
    const auto [handler, user] = known->second;
    const gantry_id run = next_run_++;
    runs_[run];
    lock.unlock();

    gantry_job_view shown{};
    shown.struct_size = sizeof shown;
    shown.attempt = attempt;
    shown.attempts_max = 5;
    shown.id = str("job_1");
    shown.kind = str(kind);
    shown.payload = {payload.data(), payload.size()};
    gantry_error error = gantry::detail::empty_error();
    const ThreadKindScope blocking(GANTRY_THREAD_BLOCKING);
    const gantry_status status = handler(user, run, &shown, &error);

    lock.lock();
    if (status == GANTRY_PENDING) {
        // Without a thread for the completions the handler would wait for them for ever.
        if (!calls_.has_worker()) {
            lock.unlock();
            while (calls_.run_one()) {
            }
            lock.lock();
        }
        changed_.wait(lock, [&, run = run] { return runs_[run].over; });
    } else {
        if (runs_[run].over) watch_.violation("a job was finished twice");
        runs_[run].result = {status, error.message};
    }
    JobResult result = runs_[run].result;
    runs_.erase(run);
    return result;
}

inline gantry_status FakeJobs::submit(const gantry_job& job, gantry_submit_done done, void* user) {
    const std::lock_guard lock(mutex_);
    SubmittedJob submitted{"job_" + std::to_string(submitted_.size() + 1),
                           std::string(view(job.kind)),
                           std::string(view(job.key)),
                           std::string(view(job.payload)),
                           job.delay_ms,
                           job.transaction,
                           std::string(view(job.principal_id))};
    bool taken = false;
    for (const SubmittedJob& other : submitted_)
        taken = taken || (!submitted.key.empty() && other.key == submitted.key && other.kind == submitted.kind);
    if (taken) {
        calls_.add([done, user] {
            gantry_error error = gantry::detail::empty_error();
            gantry::detail::fill(&error, GANTRY_E_CONFLICT, "", "a job of this kind and key waits or runs");
            done(user, GANTRY_E_CONFLICT, str(""), &error);
        });
        return GANTRY_PENDING;
    }
    calls_.add([id = submitted.id, done, user] { done(user, GANTRY_OK, str(id), nullptr); });
    submitted_.push_back(std::move(submitted));
    return GANTRY_PENDING;
}

}  // namespace gantry::testing
