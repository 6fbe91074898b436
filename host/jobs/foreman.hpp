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

#include "host/core/declarations.hpp"
#include "host/core/silence.hpp"
#include "host/database/client.hpp"
#include "host/jobs/clock_watch.hpp"
#include "host/jobs/floor.hpp"
#include "host/jobs/schedules.hpp"
#include "host/jobs/settings.hpp"
#include "host/jobs/store.hpp"
#include "host/jobs/verdicts.hpp"
#include "host/log/logger.hpp"

namespace host::jobs {

// The room's own thread between the floor and PostgreSQL: keeps this host's lease, claims what the floor has room for,
// writes down what has ended, makes what the schedules ask for. It waits for the database as long as that is away.
class Foreman {
  public:
    // `floor` outlives the thread, and need not exist yet.
    Foreman(const Settings& settings, Floor& floor, log::Logger logger);
    Foreman(const Foreman&) = delete;
    Foreman& operator=(const Foreman&) = delete;

    // `alone`: no other host works on this database. Throws what the database throws. [control]
    void start(database::Client& client, bool alone);
    // Writes what has ended and gives up the lease. [control]
    void stop();

    // The worker's schedules count from now on, those of the plugin's former worker no more. Any thread.
    void declare(WorkerPointer worker);
    void withdraw(const WorkerPointer& worker);
    // Something has ended, or there may be something to claim. Any thread.
    void wake();
    // What other hosts and plugins' transactions tell. Any thread.
    void hear(const std::string& payload);

    void count(Counts& counts) const;

  private:
    using Clock = std::chrono::steady_clock;
    // What is to be done, and when at the latest.
    struct Agenda {
        bool stopping = false;
        bool work = false;
        bool look = false;       // there may be jobs of every kind
        bool cancels = false;    // somebody asked for one
        bool schedules = false;  // they changed
    };

    void run();
    Agenda wait();
    void act(const Agenda& agenda);
    void keep_lease();
    void write_declarations();
    void follow_schedules(const Agenda& agenda);
    void step();
    Store::Step write_and_claim(const std::vector<Verdict>& verdicts, const std::vector<Want>& wants,
                                std::vector<Ended>& ended);
    void expect(const std::vector<Verdict>& verdicts, const Store::Step& done);
    void end();
    void note_failure(const core::Error& error);

    const Settings& settings_;
    Floor& floor_;
    const log::Logger logger_;
    std::optional<Store> store_;
    core::Silence silence_;
    ClockWatch clock_watch_;
    std::optional<Schedules> schedules_;
    AttemptCounts attempts_;
    std::mutex mutex_;
    std::condition_variable woken_;
    Agenda agenda_;
    std::vector<WorkerPointer> workers_;  // active ones, for their schedules
    core::Declarations<Worker> declarations_;

    // The thread's own.
    std::int64_t host_ = 0;
    bool unsure_ = false;  // a claim may have succeeded without our knowledge
    Clock::time_point lease_until_{};
    Clock::time_point renew_at_{};
    Clock::time_point look_at_{};
    Clock::time_point schedules_at_{};
    Clock::time_point progress_at_{};
    Clock::time_point clean_at_{};
    Clock::time_point retry_at_{};
    std::chrono::milliseconds retry_pause_{50};

    std::atomic<std::uint64_t> begun_{0};
    std::thread thread_;
};

}  // namespace host::jobs
