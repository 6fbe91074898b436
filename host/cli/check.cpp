#include <iostream>

#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/config/config.hpp"

namespace host::cli {

int check(const std::string& config_file, Output output) {
    const std::vector<app::PluginStatus> plugins = app::check(config::examine(config_file, config::process_environment()));
    if (output == Output::Json) {
        std::vector<std::vector<std::string>> rows;
        for (const app::PluginStatus& plugin : plugins)
            rows.push_back({plugin.id, plugin.version, plugin.file});
        print_json("check", items_of({"id", "version", "file"}, rows), {{"config", config_file}});
        return Ok;
    }
    std::cout << config_file << ": in order, " << plugins.size() << (plugins.size() == 1 ? " plugin" : " plugins") << '\n';
    for (const app::PluginStatus& plugin : plugins)
        std::cout << "  " << plugin.id << ' ' << plugin.version << '\n';
    return Ok;
}

}  // namespace host::cli
