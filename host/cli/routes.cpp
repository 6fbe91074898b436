#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/config/config.hpp"

namespace host::cli {

int routes(const std::string& config_file) {
    std::vector<std::vector<std::string>> rows{{"METHOD", "PATTERN", "OWNER", "ACCESS", "SUMMARY"}};
    for (const app::RouteStatus& route : app::routes(config::load(config_file, config::process_environment()))) {
        rows.push_back({route.method, route.pattern, route.owner, route.access, route.summary});
    }
    print_table(rows);
    return Ok;
}

}  // namespace host::cli
