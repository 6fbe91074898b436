#include "host/app/migrations.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "host/app/session.hpp"
#include "host/core/error.hpp"
#include "host/database/migrator.hpp"

namespace host::app {

namespace {

// The host's own come with it: who names a folder for his plugin's need not know where they are.
constexpr const char* host_owner = "gantry";
constexpr const char* packaged_directory = "/usr/share/gantry/migrations";

// What cannot be looked at is no absence: a plugin must not start on a schema that its migrations were to make.
bool is_folder(const std::filesystem::path& path) {
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (status.type() != std::filesystem::file_type::none) return std::filesystem::is_directory(status);
    throw core::Error(core::Code::Unavailable, "the migrations " + path.string() + " cannot be read: " + failure.message());
}

std::filesystem::path folder_of(const config::Config& config, const std::string& owner) {
    for (const std::filesystem::path& directory : config.migrations_directories) {
        if (is_folder(directory / owner)) return directory / owner;
    }
    if (owner == host_owner) {
        const std::filesystem::path packaged = std::filesystem::path(packaged_directory) / owner;
        if (is_folder(packaged)) return packaged;
        throw core::Error(core::Code::Unavailable, "the host's own migrations are missing: there is no folder " + owner +
                                                       " in the directories of `migrations`, nor in " + packaged_directory);
    }
    return config.migrations_directories.empty() ? std::filesystem::path(owner)
                                                 : config.migrations_directories.front() / owner;
}

std::string name_of(database::MigrationState::Kind kind) {
    switch (kind) {
        case database::MigrationState::Kind::Applied:
            return "applied";
        case database::MigrationState::Kind::Pending:
            return "pending";
        case database::MigrationState::Kind::Edited:
            return "edited";
        case database::MigrationState::Kind::Missing:
            break;
    }
    return "missing";
}

// "0001_create_note", as the file is called.
std::string file_name(const database::MigrationState& state) {
    std::string number = std::to_string(state.number);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
    return number + "_" + state.name;
}

std::vector<MigrationStatus> states_of(const Session& session, const config::Config& config) {
    std::vector<std::string> owners{"gantry"};
    for (const plugin::Wanted& wanted : config.plugins.wanted)
        owners.push_back(wanted.id);
    const database::Migrator migrator(session.database().access(), session.logger());
    std::vector<MigrationStatus> all;
    for (const std::string& owner : owners) {
        for (const database::MigrationState& state : migrator.status(owner, folder_of(config, owner))) {
            all.push_back({owner, file_name(state), name_of(state.kind), state.applied_at});
        }
    }
    return all;
}

}  // namespace

std::size_t migrate(const database::Database& database, const config::Config& config, const std::string& owner,
                    const log::Logger& logger) {
    return database::Migrator(database.access(), logger).apply(owner, folder_of(config, owner));
}

// Reading disturbs nobody, so it may be done beside a running host.
std::vector<MigrationStatus> migration_status(const config::Config& config) {
    const Session session(config, "migrate", Session::BesideHost::Yes);
    return states_of(session, config);
}

std::vector<MigrationStatus> migrate_up(const config::Config& config) {
    const Session session(config, "migrate");
    std::vector<MigrationStatus> pending = states_of(session, config);
    std::erase_if(pending, [](const MigrationStatus& migration) { return migration.state != "pending"; });
    migrate(session.database(), config, "gantry", session.logger());
    for (const plugin::Wanted& wanted : config.plugins.wanted)
        migrate(session.database(), config, wanted.id, session.logger());
    return pending;
}

}  // namespace host::app
