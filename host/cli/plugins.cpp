#include <algorithm>
#include <iostream>

#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "host/config/config.hpp"
#include "host/core/error.hpp"

namespace host::cli {

int plugin_list(const std::string& config_file, Output output) {
    const std::vector<app::PluginStatus> plugins =
        app::list_plugins(config::load(config_file, config::process_environment()));
    if (output == Output::Json) {
        std::vector<std::vector<std::string>> rows;
        for (const app::PluginStatus& plugin : plugins)
            rows.push_back({plugin.id, plugin.version, plugin.state, plugin.summary, plugin.file, plugin.problem});
        print_json("plugin list", items_of({"id", "version", "state", "summary", "file", "problem"}, rows));
        return Ok;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "VERSION", "STATE", "SUMMARY"}};
    for (const app::PluginStatus& plugin : plugins) {
        rows.push_back({plugin.id, plugin.version, plugin.state, plugin.problem.empty() ? plugin.summary : plugin.problem});
    }
    print_table(rows);
    return Ok;
}

int plugin_info(const std::string& config_file, const std::string& id, Output output) {
    const app::PluginDetails details = app::plugin_details(config::load(config_file, config::process_environment()), id);
    if (output == Output::Json) {
        gantry::Json item = gantry::Json::object();
        for (const auto& [name, value] : details.facts)
            item.set(name, value);
        const std::string& schema = details.settings_schema;
        item.set("settings_schema", schema.empty() ? gantry::Json() : gantry::Json::parse(schema));
        print_json("plugin info", gantry::Json::array({std::move(item)}));
        return Ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, value] : details.facts)
        rows.push_back({name, value});
    print_table(rows);
    if (!details.settings_schema.empty()) std::cout << "settings schema\n" << details.settings_schema << '\n';
    return Ok;
}

}  // namespace host::cli
