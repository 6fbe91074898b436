#pragma once

#include <optional>

#include "host/config/config.hpp"
#include "host/database/database.hpp"
#include "host/log/logger.hpp"

namespace host::app {

// A command's database: started for it, stopped after it. Throws what database::Database::start() throws.
class Session {
  public:
    // Whether the command may work while a host runs on the same private cluster; if not, that is a Conflict.
    enum class BesideHost { No, Yes };

    // `name` is the logger's.
    Session(const config::Config& config, const char* name, BesideHost beside_host = BesideHost::No);

    database::Database& database() { return *database_; }
    const database::Database& database() const { return *database_; }
    const log::Logger& logger() const { return logger_; }

  private:
    const log::Logger logger_;
    std::optional<database::Database> database_;
};

}  // namespace host::app
