#pragma once

#include "host/config/config.hpp"
#include "host/database/database.hpp"
#include "host/log/logger.hpp"

namespace host::app {

// A command's database: started for it, stopped after it. Throws what database::Database::start() throws.
class Session {
  public:
    // `name` is the logger's.
    Session(const config::Config& config, const char* name);

    database::Database& database() { return database_; }
    const database::Database& database() const { return database_; }
    const log::Logger& logger() const { return logger_; }

  private:
    const log::Logger logger_;
    database::Database database_;
};

}  // namespace host::app
