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

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/database/migrator.hpp"
#include "host/database/statement.hpp"
#include "host/jobs/jobs.hpp"
#include "tests/support/postgres.hpp"

namespace tests {

using namespace std::chrono_literals;

inline constexpr auto patience = 60s;

// Settings for tests: nothing waits long.
inline host::jobs::Settings quick_settings() {
    host::jobs::Settings settings;
    settings.retry_first = 5ms;
    settings.retry_max = 40ms;
    settings.poll = 60s;  // what works only thanks to the poll is a defect
    settings.lease = 10s;
    return settings;
}

// A database with the host's schema.
struct Server {
    Server() : url(fresh_database()) {
        host::database::Database database(settings(), quiet_logger());
        database.start();
        host::database::Migrator(database.access(), quiet_logger()).apply("gantry", GANTRY_MIGRATIONS);
    }
    host::database::Settings settings() const {
        host::database::Settings settings;
        settings.url = url;
        settings.connections = 3;
        return settings;
    }

    const std::string url;
};

// One host: a database, a pool and the jobs room.
struct Host {
    explicit Host(const Server& server, host::jobs::Settings settings = quick_settings())
        : pool("blocking", {8, 1024}),
          database(server.settings(), quiet_logger()),
          jobs(settings, database, pool, quiet_logger()) {
        database.start();
        jobs.start();
        client = database.client("gantry");
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
    std::int64_t number(const std::string& sql) {
        host::database::Statement statement(sql);
        const auto rows = host::database::run(*client, statement);
        return rows.size() == 0 ? -1 : host::database::integer_at(rows, 0, 0);
    }
    void command(const std::string& sql) {
        host::database::Statement statement(sql);
        host::database::run(*client, statement);
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
    bool wait_until(const std::string& sql, std::int64_t wanted) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (number(sql) != wanted) {
            if (std::chrono::steady_clock::now() > until) return false;
        }
        return true;
    }

    host::core::ThreadPool pool;
    host::database::Database database;
    host::jobs::Jobs jobs;
    std::unique_ptr<host::database::Client> client;
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
