#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "host/database/connection.hpp"
#include "host/database/migration_files.hpp"

namespace host::database {

// gantry.migrations: what was applied to this database.
class MigrationLedger {
  public:
    struct Entry {
        int number;
        std::string name;
        std::string sha256;
        std::string applied_at;  // RFC 3339, UTC
    };

    // `connection` is open, logged in as the host, and outlives the ledger.
    explicit MigrationLedger(Connection& connection) : connection_(connection) {}

    bool exists();
    void create();
    // By number.
    std::vector<Entry> entries(const std::string& owner);
    // Part of the transaction that is open, if one is.
    void record(const std::string& owner, const Migration& migration, std::chrono::milliseconds duration);

  private:
    Connection& connection_;
};

}  // namespace host::database
