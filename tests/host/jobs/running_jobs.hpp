#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/jobs/jobs.hpp"
#include "tests/support/room_host.hpp"

namespace tests {

using namespace std::chrono_literals;

// Settings for tests: nothing waits long.
inline host::jobs::Settings quick_settings() {
    host::jobs::Settings settings;
    settings.retry_first = 5ms;
    settings.retry_max = 40ms;
    settings.poll = 60s;  // what works only thanks to the poll is a defect
    settings.lease = 10s;
    return settings;
}

// One host with the jobs room.
struct Host : RoomHost {
    explicit Host(const Server& server, host::jobs::Settings settings = quick_settings())
        : RoomHost(server), jobs(settings, database, pool, quiet_logger()) {
        jobs.start();
    }
    ~Host() {
        client.reset();
        jobs.stop();
    }

    std::string submit(host::jobs::Draft draft) {
        const host::jobs::Submitted result = try_submit(std::move(draft));
        if (result.error) throw host::core::Error(*result.error);
        return result.id;
    }
    host::jobs::Submitted try_submit(host::jobs::Draft draft) {
        auto promise = std::make_shared<std::promise<host::jobs::Submitted>>();
        auto result = promise->get_future();
        jobs.submit(std::move(draft), [promise](const host::jobs::Submitted& submitted) { promise->set_value(submitted); });
        return result.get();
    }
    // Polls the database, since a job is over only once that says so.
    host::jobs::Job wait_for(const std::string& id, host::jobs::State state) {
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            host::jobs::Job job = jobs.admin().get(id);
            if (job.state == state || std::chrono::steady_clock::now() > until) return job;
            std::this_thread::yield();
        }
    }

    host::jobs::Jobs jobs;
};

// Opens once; whoever waits goes through.
class Latch {
  public:
    void open() {
        std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return open_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

using Handle = std::function<std::optional<host::jobs::Ending>(const host::jobs::Attempt&)>;

inline host::jobs::Ending done() {
    return {};
}
inline host::jobs::Ending failed(host::core::Code code = host::core::Code::Unavailable) {
    return {host::jobs::Ending::Kind::Failed, code, "", "as the test wants it", {}};
}

inline host::jobs::Kind kind_of(std::string name, Handle handle, std::size_t concurrency = 0) {
    host::jobs::Kind kind;
    kind.name = std::move(name);
    kind.handle = std::move(handle);
    kind.concurrency = concurrency;
    return kind;
}
inline host::jobs::WorkerPointer worker_of(std::vector<host::jobs::Kind> kinds,
                                           std::vector<host::jobs::Schedule> schedules = {}) {
    return std::make_shared<const host::jobs::Worker>(host::jobs::Worker{"notes", std::move(kinds), std::move(schedules)});
}
inline host::jobs::Draft draft_of(std::string kind, std::string payload = {}, std::string key = {}) {
    host::jobs::Draft draft;
    draft.plugin = "notes";
    draft.kind = std::move(kind);
    draft.payload = std::move(payload);
    draft.key = std::move(key);
    return draft;
}

// Counts what it is given.
class Tally {
  public:
    void add(const std::string& what) {
        std::lock_guard lock(mutex_);
        ++counts_[what];
    }
    std::map<std::string, int> counts() const {
        std::lock_guard lock(mutex_);
        return counts_;
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, int> counts_;
};

}  // namespace tests
