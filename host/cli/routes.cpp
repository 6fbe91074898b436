#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/config/config.hpp"

namespace host::cli {

int routes(const std::string& config_file, Output output) {
    std::vector<std::vector<std::string>> rows;
    for (const app::RouteStatus& route : app::routes(config::load(config_file, config::process_environment()))) {
        rows.push_back({route.method, route.pattern, route.owner, route.access, route.summary});
    }
    if (output == Output::Json) {
        print_json("routes", items_of({"method", "pattern", "owner", "access", "summary"}, rows));
        return Ok;
    }
    rows.insert(rows.begin(), {"METHOD", "PATTERN", "OWNER", "ACCESS", "SUMMARY"});
    print_table(rows);
    return Ok;
}

}  // namespace host::cli
