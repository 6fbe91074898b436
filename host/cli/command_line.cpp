#include "host/cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>
#include <vector>

#include "host/cli/command_groups.hpp"
#include "host/cli/described.hpp"
#include "host/cli/report.hpp"
#include "host/config/nearest.hpp"
#include "host/core/version.hpp"

namespace host::cli {

namespace {

constexpr const char* description = "Gantry loads shared-library plugins and serves their routes over HTTP.";
constexpr const char* footer =
    "\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 wrong configuration.\n"
    "A plugin is switched on by naming it under `plugins:` in the configuration.";

// CLI11 says of a misspelled command only that there is none.
std::string unknown_command(const CLI::App& line, int argc, char** argv) {
    const CLI::App* app = &line;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        std::vector<std::string> names;
        const CLI::App* found = nullptr;
        for (const CLI::App* command : commands_of(*app)) {
            names.push_back(command->get_name());
            if (names.back() == word) found = command;
        }
        if (names.empty() || word.starts_with('-')) return {};
        if (found == nullptr) return "there is no command '" + word + "'" + config::did_you_mean(word, names);
        app = found;
    }
    return {};
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App line{description, "gantry"};
    line.footer(footer);
    line.require_subcommand(1);
    line.set_version_flag("--version", std::string(core::version()));
    Wanted wanted;
    add_host_commands(line, wanted);
    add_plugin_commands(line, wanted);
    add_config_commands(line, wanted);
    add_migrate_commands(line, wanted);
    add_secret_commands(line, wanted);
    add_version_command(line, wanted);
    add_packager_commands(line, wanted);
    try {
        line.parse(argc, argv);
    } catch (const CLI::RequiredError& error) {
        const std::string unknown = unknown_command(line, argc, argv);
        if (unknown.empty()) return line.exit(error) == 0 ? Ok : WrongUsage;
        std::cerr << unknown << "\nRun with --help for more information.\n";
        return WrongUsage;
    } catch (const CLI::ParseError& error) {
        return line.exit(error) == 0 ? Ok : WrongUsage;
    }
    return reported(wanted.command);
}

}  // namespace host::cli
