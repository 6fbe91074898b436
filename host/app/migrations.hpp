#pragma once

#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/database/database.hpp"

namespace host::app {

// One file of a migrations directory as `gantry migrate status` shows it.
struct MigrationStatus {
    std::string owner;
    std::string name;        // "0001_create_note"
    std::string state;       // "applied", "pending"
    std::string applied_at;  // RFC 3339; empty while pending
};

// Brings the schema of `owner` ("gantry" or a plugin) up to date; makes schema and role first. Returns what was applied.
std::vector<MigrationStatus> migrate(database::Database& database, const config::Config& config, const std::string& owner);

// For the commands: both start the database by themselves.
std::vector<MigrationStatus> migration_status(const config::Config& config);
std::vector<MigrationStatus> migrate_up(const config::Config& config);

}  // namespace host::app
