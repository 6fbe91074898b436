#include <iostream>

#include "host/app/migrations.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/config/config.hpp"

namespace host::cli {

int migrate_status(const std::string& config_file, Output output) {
    std::vector<std::vector<std::string>> rows;
    for (const app::MigrationStatus& migration :
         app::migration_status(config::load(config_file, config::process_environment()))) {
        rows.push_back({migration.owner, migration.name, migration.state, migration.applied_at});
    }
    if (output == Output::Json) {
        print_json("migrate status", items_of({"owner", "migration", "state", "applied_at"}, rows));
        return Ok;
    }
    rows.insert(rows.begin(), {"OWNER", "MIGRATION", "STATE", "APPLIED"});
    print_table(rows);
    return Ok;
}

int migrate_up(const std::string& config_file) {
    const std::vector<app::MigrationStatus> applied =
        app::migrate_up(config::load(config_file, config::process_environment()));
    for (const app::MigrationStatus& migration : applied)
        std::cout << "applied " << migration.owner << '/' << migration.name << '\n';
    if (applied.empty()) std::cout << "nothing to do\n";
    return Ok;
}

}  // namespace host::cli
