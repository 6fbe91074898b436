#pragma once

#include <memory>
#include <string>

#include "host/database/database.hpp"
#include "host/kv/client.hpp"
#include "host/kv/settings.hpp"
#include "host/log/logger.hpp"

namespace host::kv {

// The room's face: small values with a time to live, counters, compare-and-set and limits of calls, in the store that
// kv.store names.
class Kv {
  public:
    // Does nothing yet. `database` outlives it; its migrations are those of the owner "gantry". Throws InvalidArgument for a
    // kv.redis_url that is none.
    Kv(const Settings& settings, database::Database& database, log::Logger logger);
    Kv(const Kv&) = delete;
    Kv& operator=(const Kv&) = delete;

    // After the database has started and its migrations are applied. A Redis that is away is no failure: it may come.
    // [control]
    void start() { store_->start(); }
    // Before the database stops. Every client must have been abandoned. [control]
    void stop() { store_->stop(); }

    std::unique_ptr<Client> client(const std::string& owner);
    // Is there a server behind it, that may be away?
    bool is_remote() const { return settings_.store != StoreKind::Memory; }
    Counts counts() const { return store_->counts(); }

  private:
    const Settings settings_;
    const std::unique_ptr<Store> store_;
};

}  // namespace host::kv
