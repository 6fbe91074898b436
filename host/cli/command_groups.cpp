#include "host/cli/command_groups.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "host/cli/command_line.hpp"
#include "host/cli/described.hpp"

namespace host::cli {

namespace {

std::string default_config() {
    const char* named = std::getenv("GANTRY_CONFIG");
    return named != nullptr && *named != '\0' ? named : "/etc/gantry/gantry.yaml";
}

// Once the line is parsed, `action` is what is to be done.
CLI::App* add_plain(CLI::App& parent, const char* name, const char* text, Wanted& wanted, std::function<int()> action) {
    CLI::App* command = parent.add_subcommand(name, text);
    command->callback([&wanted, action = std::move(action)] { wanted.command = action; });
    return command;
}

// One that reads the configuration.
CLI::App* add_command(CLI::App& parent, const char* name, const char* text, Wanted& wanted, std::function<int()> action) {
    CLI::App* command = add_plain(parent, name, text, wanted, std::move(action));
    command->add_option("-c,--config", wanted.config, "Configuration file; also GANTRY_CONFIG")->capture_default_str();
    return command;
}

void with_json(CLI::App* command, Wanted& wanted) {
    command->add_flag("--json", wanted.as_json, "As JSON, for programs");
}

int print(const std::string& text) {
    std::cout << text;
    return Ok;
}

void add_check_of_file(CLI::App& plugins, Wanted& wanted) {
    PluginCheck& file = wanted.file;
    CLI::App* check = add_plain(plugins, "check", "Try to break a plugin, on a host that fails on demand", wanted,
                                [&] { return plugin_check(wanted.file, wanted.output()); });
    check->add_option("file", file.file, "The plugin file, x.so")->required();
    check->add_option("-c,--config", file.config, "Configuration file with the plugin's settings; otherwise its defaults");
    check->add_option("--seed", file.options.seed, "The same seed gives the same run")->capture_default_str();
    check->add_option("--rounds", file.options.rounds, "How often it lives, and inputs made up of each kind")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    check->add_option("--case", file.options.only, "Only cases whose name contains this");
    check
        ->add_option_function<unsigned>(
            "--time-limit", [&file](unsigned ms) { file.options.time_max = std::chrono::milliseconds(ms); },
            "Milliseconds for a case; one that takes longer hangs")
        ->default_str("10000")
        ->check(CLI::Range(100, 3'600'000));
    check->add_option("--junit", file.junit, "Also write the results to this file, as JUnit's XML");
    with_json(check, wanted);
}

// What works on a plugin file by itself, wherever it lies.
void add_file_commands(CLI::App& plugins, Wanted& wanted) {
    CLI::App* inspect = add_plain(plugins, "inspect", "What a plugin file says of itself; none of its code is run", wanted,
                                  [&] { return plugin_inspect(wanted.file.file, wanted.output()); });
    inspect->add_option("file", wanted.file.file, "The plugin file, x.so")->required();
    with_json(inspect, wanted);
    add_check_of_file(plugins, wanted);
}

void add_new(CLI::App& plugins, Wanted& wanted) {
    CLI::App* fresh = add_plain(plugins, "new", "Begin a plugin: a copy of the template, ready for `make run`", wanted,
                                [&] { return plugin_new(wanted.plugin, wanted.directory); });
    fresh->add_option("id", wanted.plugin, "Its id: a-z, 0-9 and _")->required();
    fresh->add_option("--directory", wanted.directory, "Where its folder is made")->capture_default_str();
}

// What is asked of the running host.
void add_changes(CLI::App& plugins, Wanted& wanted) {
    const auto change = [&](const char* name, const char* text, int (*command)(const std::string&, const std::string&)) {
        const auto action = [&wanted, command] { return command(wanted.config, wanted.plugin); };
        return add_command(plugins, name, text, wanted, action)->add_option("id", wanted.plugin, "The plugin's id");
    };
    change("enable", "Start a plugin in the running host, and at every start", plugin_enable)->required();
    change("disable", "End a plugin in the running host, and leave it out at every start", plugin_disable)->required();
    change("reload", "Put a new generation of the plugins in place, without a request lost", plugin_reload);
}

}  // namespace

Wanted::Wanted() : config(default_config()) {}

void add_host_commands(CLI::App& line, Wanted& wanted) {
    add_command(line, "serve", "Start the host and serve until SIGTERM or SIGINT", wanted,
                [&] { return serve(wanted.config); });
    with_json(add_command(line, "check", "Check configuration and plugins without starting anything", wanted,
                          [&] { return check(wanted.config, wanted.output()); }),
              wanted);
    with_json(add_command(line, "routes", "List the routes of the configured plugins", wanted,
                          [&] { return routes(wanted.config, wanted.output()); }),
              wanted);
    add_command(line, "openapi", "Print the OpenAPI document of the configured plugins", wanted,
                [&] { return openapi(wanted.config); });
}

void add_plugin_commands(CLI::App& line, Wanted& wanted) {
    CLI::App* plugins =
        line.add_subcommand("plugin", "What is installed, what is switched on, and a new one")->require_subcommand(1);
    with_json(add_command(*plugins, "list", "Every plugin found, with version and state", wanted,
                          [&] { return plugin_list(wanted.config, wanted.output()); }),
              wanted);
    CLI::App* info = add_command(*plugins, "info", "All that is known of one plugin", wanted,
                                 [&] { return plugin_info(wanted.config, wanted.plugin, wanted.output()); });
    info->add_option("id", wanted.plugin, "The plugin's id")->required();
    with_json(info, wanted);
    add_file_commands(*plugins, wanted);
    add_new(*plugins, wanted);
    add_changes(*plugins, wanted);
}

void add_config_commands(CLI::App& line, Wanted& wanted) {
    CLI::App* configuration = line.add_subcommand("config", "The configuration itself")->require_subcommand(1);
    add_plain(*configuration, "schema", "Print its JSON Schema, for editors", wanted, config_schema);
}

void add_migrate_commands(CLI::App& line, Wanted& wanted) {
    CLI::App* migrate =
        line.add_subcommand("migrate", "Database migrations of the host and its plugins")->require_subcommand(1);
    with_json(add_command(*migrate, "status", "What is applied and what is pending", wanted,
                          [&] { return migrate_status(wanted.config, wanted.output()); }),
              wanted);
    add_command(*migrate, "up", "Apply what is pending", wanted, [&] { return migrate_up(wanted.config); });
}

// The value is never an argument: the process table shows those to everybody.
void add_secret_commands(CLI::App& line, Wanted& wanted) {
    CLI::App* secrets = line.add_subcommand("secret", "Stored passwords and keys of plugins")->require_subcommand(1);
    const auto with_name = [&](CLI::App* command) {
        command->add_option("owner", wanted.secret_owner, "The plugin's id, or gantry")->required();
        command->add_option("name", wanted.secret_name, "The secret's name")->required();
    };
    with_json(add_command(*secrets, "list", "Names, never values", wanted,
                          [&] { return secret_list(wanted.config, wanted.output()); }),
              wanted);
    with_name(add_command(*secrets, "set", "Store what standard input gives", wanted,
                          [&] { return secret_set(wanted.config, wanted.secret_owner, wanted.secret_name); }));
    with_name(add_command(*secrets, "remove", "Remove a stored secret", wanted,
                          [&] { return secret_remove(wanted.config, wanted.secret_owner, wanted.secret_name); }));
    add_command(*secrets, "rotate-key", "Make a new master key and use it for everything stored", wanted,
                [&] { return secret_rotate_key(wanted.config); });
}

void add_version_command(CLI::App& line, Wanted& wanted) {
    with_json(add_plain(line, "version", "Print the version", wanted, [&] { return version(wanted.output()); }), wanted);
}

void add_packager_commands(CLI::App& line, Wanted& wanted) {
    // An empty group leaves them out of --help.
    add_plain(line, "man", "Print the manual page", wanted, [&] { return print(man_page(line)); })->group("");
    CLI::App* completion = line.add_subcommand("completion", "Print what a shell completes by")->group("");
    completion->require_subcommand(1);
    add_plain(*completion, "bash", "", wanted, [&] { return print(bash_completion(line)); });
    add_plain(*completion, "fish", "", wanted, [&] { return print(fish_completion(line)); });
    add_plain(*completion, "zsh", "", wanted, [&] { return print(zsh_completion(line)); });
}

}  // namespace host::cli
