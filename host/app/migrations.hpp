#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/database/database.hpp"
#include "host/log/logger.hpp"

namespace host::app {

// One file of a migrations folder as `gantry migrate` shows it.
struct MigrationStatus {
    std::string owner;
    std::string name;        // "0001_create_note"
    std::string state;       // "applied", "pending", "edited", "missing"
    std::string applied_at;  // RFC 3339; empty while pending
};

// Brings the schema of `owner` ("gantry" or a plugin) up to date; makes schema and role first. Returns the number of files
// applied. The first folder <migrations>/<owner> there is counts.
std::size_t migrate(const database::Database& database, const config::Config& config, const std::string& owner,
                    const log::Logger& logger);

// For the commands, which start the database by themselves: the host's migrations, then those of every enabled plugin.
std::vector<MigrationStatus> migration_status(const config::Config& config);
// Returns what was applied.
std::vector<MigrationStatus> migrate_up(const config::Config& config);

}  // namespace host::app
