#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "host/database/database.hpp"
#include "host/kv/settings.hpp"
#include "host/kv/store.hpp"

namespace host::kv {

// In tables of the host's own schema (migrations/gantry), for hosts that share a PostgreSQL and have no Redis. Each
// operation is one statement; the database room has the connections, the queue and the waiting.
class PostgresqlStore : public Store {
  public:
    PostgresqlStore(const Settings& settings, database::Database& database);
    ~PostgresqlStore() override;

    void start() override;
    void stop() override;
    std::optional<Outcome> now(const Request&) override { return std::nullopt; }
    void begin(const Request& request, Completion completion) override;
    Counts counts() const override;

  private:
    void sweep_now_and_then();

    database::Database& database_;
    const std::chrono::milliseconds deadline_;
    std::unique_ptr<database::Client> client_;  // from start() on
    std::atomic<std::uint64_t> begun_{0};
    std::atomic<std::uint64_t> operations_{0};
    std::atomic<std::uint64_t> misses_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<bool> available_{true};
};

}  // namespace host::kv
