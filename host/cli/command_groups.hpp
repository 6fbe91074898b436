#pragma once

#include <functional>
#include <string>

#include "host/cli/commands.hpp"

namespace CLI {
class App;
}  // namespace CLI

// The words of the command line, a group of commands at a time.
namespace host::cli {

// What a command line says, once it is parsed. The commands refer to it, so it outlives them.
struct Wanted {
    Wanted();

    std::string config;  // the file
    std::string plugin;  // its id
    std::string directory = ".";
    std::string secret_owner;
    std::string secret_name;
    PluginCheck file;
    bool as_json = false;
    std::function<int()> command;  // what is to be done

    Output output() const { return as_json ? Output::Json : Output::Text; }
};

void add_host_commands(CLI::App& line, Wanted& wanted);
void add_plugin_commands(CLI::App& line, Wanted& wanted);
void add_config_commands(CLI::App& line, Wanted& wanted);
void add_migrate_commands(CLI::App& line, Wanted& wanted);
void add_secret_commands(CLI::App& line, Wanted& wanted);
void add_version_command(CLI::App& line, Wanted& wanted);
// For packagers; --help does not tell of them.
void add_packager_commands(CLI::App& line, Wanted& wanted);

}  // namespace host::cli
