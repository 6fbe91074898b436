#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/jobs/job.hpp"
#include "host/jobs/line.hpp"
#include "host/jobs/settings.hpp"

namespace host::jobs {

// What is to be claimed next: at most `room` jobs of a kind.
struct Want {
    std::string plugin;
    std::string kind;
    std::size_t room;
};

struct Progress {
    std::string job;
    std::uint32_t permille;
    std::string note;
};

struct FloorCounts {
    std::size_t running = 0;
    std::size_t waiting = 0;  // claimed, not yet begun
};

// Where the jobs that this host has claimed are done: which instance does what, how many at once, what waits for a thread,
// what has ended. Knows no SQL and no clock but the monotonic one. Any thread; nothing foreign is called under its lock.
class Floor {
  public:
    // `changed` is called when there is something to write or to claim; on any thread, without a lock held.
    Floor(const Settings& settings, core::ThreadPool& pool, std::function<void()> changed);
    // Waits for the pool's threads that are here.
    ~Floor();
    Floor(const Floor&) = delete;
    Floor& operator=(const Floor&) = delete;

    // The worker's kinds are done by it from now on, and by it alone; kinds of the plugin that it lacks by nobody.
    void activate(WorkerPointer worker);
    // It begins nothing more, unless it is activated again. What waits for it is handed back; what runs goes on.
    void retire(const Worker& worker);
    // Ends what it has left unfinished: its code is gone.
    void abandon(const Worker& worker);
    // Nobody begins anything any more.
    void close();
    // False: some attempts are still running when the deadline passes.
    bool wait_idle(std::chrono::steady_clock::time_point deadline);

    // Asks the pool anew for what it refused, too.
    std::vector<Want> wants();
    // There may be work of every kind.
    void look_everywhere();
    // The answer to wants(): what was claimed.
    void take(const std::vector<Want>& wanted, std::vector<Claimed> claimed);

    std::vector<Ended> ended();
    // They could not be written: later.
    void put_back(std::vector<Ended> ended);
    std::vector<Progress> progressed();
    // Every job this host holds, written down or not.
    std::vector<std::string> held() const;

    // False: there is no such run.
    bool finish(std::uint64_t run, Ending ending);
    // Ok, Cancelled (stop, please), Timeout (its deadline has passed), Gone.
    gantry_status progress(std::uint64_t run, std::uint32_t permille, std::string note);
    void ask_cancel(const std::set<std::string>& jobs);
    // The lease was lost: others may run these jobs now.
    void ask_cancel_all();

    // As the kind's worker says, or has said when there was one; else as the settings say.
    std::uint32_t attempts_max(const std::string& plugin, const std::string& kind) const;
    FloorCounts counts() const;

  private:
    using Key = std::pair<std::string, std::string>;
    using Clock = std::chrono::steady_clock;

    struct Open {
        Claimed job;
        WorkerPointer worker;
        Clock::time_point begun;
        Clock::time_point deadline;
        bool cancel_asked = false;
        bool stop_asked = false;  // the plugin stops, or the lease is lost
        bool progressed = false;
        std::uint32_t permille = 0;
        std::string note;
    };

    Kind completed(Kind kind) const;
    void end(std::unordered_map<std::uint64_t, Open>::iterator run, Ending ending);
    void call_hands(const Key& key, Line& line);
    void work(const Key& key);
    bool work_one(const Key& key, std::unique_lock<std::mutex>& lock);

    const Settings& settings_;
    core::ThreadPool& pool_;
    const std::function<void()> changed_;
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::map<Key, Line> lines_;
    std::unordered_map<std::uint64_t, Open> runs_;
    std::vector<Ended> ended_;
    std::size_t hands_ = 0;
    bool closed_ = false;
};

}  // namespace host::jobs
