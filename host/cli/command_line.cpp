#include "host/cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
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

std::string default_config() {
    const char* named = std::getenv("GANTRY_CONFIG");
    return named != nullptr && *named != '\0' ? named : "/etc/gantry/gantry.yaml";
}

// A subcommand that reads the configuration; `chosen` remembers what is to be done once the line is parsed.
CLI::App* add_command(CLI::App& parent, const char* name, const char* text, std::string& config,
                      std::function<int()>& chosen, std::function<int()> action) {
    CLI::App* command = parent.add_subcommand(name, text);
    command->add_option("-c,--config", config, "Configuration file; also GANTRY_CONFIG")->capture_default_str();
    command->callback([&chosen, action = std::move(action)] { chosen = action; });
    return command;
}

struct SecretName {
    std::string owner;
    std::string name;
};

// The value is never an argument: the process table shows those to everybody.
// Returns the one that lists.
CLI::App* add_secret_commands(CLI::App& line, std::string& config, SecretName& secret, std::function<int()>& chosen,
                              std::function<Output()> output) {
    CLI::App* secrets = line.add_subcommand("secret", "Stored passwords and keys of plugins")->require_subcommand(1);
    const auto with_name = [&](CLI::App* command) {
        command->add_option("owner", secret.owner, "The plugin's id, or gantry")->required();
        command->add_option("name", secret.name, "The secret's name")->required();
    };
    CLI::App* list = add_command(*secrets, "list", "Names, never values", config, chosen,
                                 [&config, output] { return secret_list(config, output()); });
    with_name(add_command(*secrets, "set", "Store what standard input gives", config, chosen,
                          [&] { return secret_set(config, secret.owner, secret.name); }));
    with_name(add_command(*secrets, "remove", "Remove a stored secret", config, chosen,
                          [&] { return secret_remove(config, secret.owner, secret.name); }));
    add_command(*secrets, "rotate-key", "Make a new master key and use it for everything stored", config, chosen,
                [&] { return secret_rotate_key(config); });
    return list;
}

int print(const std::string& text) {
    std::cout << text;
    return Ok;
}

// What works on a plugin file by itself, wherever it lies.
std::vector<CLI::App*> add_file_commands(CLI::App& plugins, PluginCheck& wanted, std::function<int()>& chosen,
                                         std::function<Output()> output) {
    CLI::App* inspect = plugins.add_subcommand("inspect", "What a plugin file says of itself; none of its code is run");
    inspect->add_option("file", wanted.file, "The plugin file, x.so")->required();
    inspect->callback([&, output] { chosen = [&, output] { return plugin_inspect(wanted.file, output()); }; });
    CLI::App* check = plugins.add_subcommand("check", "Try to break a plugin, on a host that fails on demand");
    check->add_option("file", wanted.file, "The plugin file, x.so")->required();
    check->add_option("-c,--config", wanted.config, "Configuration file with the plugin's settings; otherwise its defaults");
    check->add_option("--seed", wanted.options.seed, "The same seed gives the same run")->capture_default_str();
    check->add_option("--rounds", wanted.options.rounds, "How often it lives, and inputs made up of each kind")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    check->add_option("--case", wanted.options.only, "Only cases whose name contains this");
    check
        ->add_option_function<unsigned>(
            "--time-limit", [&](unsigned ms) { wanted.options.time_max = std::chrono::milliseconds(ms); },
            "Milliseconds for a case; one that takes longer hangs")
        ->default_str("10000")
        ->check(CLI::Range(100, 3'600'000));
    check->add_option("--junit", wanted.junit, "Also write the results to this file, as JUnit's XML");
    check->callback([&, output] { chosen = [&, output] { return plugin_check(wanted, output()); }; });
    return {inspect, check};
}

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
    std::string config = default_config();
    std::string plugin;
    bool as_json = false;
    const auto output = [&] { return as_json ? Output::Json : Output::Text; };
    const auto with_json = [&](CLI::App* command) { command->add_flag("--json", as_json, "As JSON, for programs"); };
    SecretName secret;
    std::function<int()> chosen;

    add_command(line, "serve", "Start the host and serve until SIGTERM or SIGINT", config, chosen,
                [&] { return serve(config); });
    with_json(add_command(line, "check", "Check configuration and plugins without starting anything", config, chosen,
                          [&] { return check(config, output()); }));
    with_json(add_command(line, "routes", "List the routes of the configured plugins", config, chosen,
                          [&] { return routes(config, output()); }));
    add_command(line, "openapi", "Print the OpenAPI document of the configured plugins", config, chosen,
                [&] { return openapi(config); });

    CLI::App* plugins =
        line.add_subcommand("plugin", "What is installed, what is switched on, and a new one")->require_subcommand(1);
    with_json(add_command(*plugins, "list", "Every plugin found, with version and state", config, chosen,
                          [&] { return plugin_list(config, output()); }));
    CLI::App* info = add_command(*plugins, "info", "All that is known of one plugin", config, chosen,
                                 [&] { return plugin_info(config, plugin, output()); });
    info->add_option("id", plugin, "The plugin's id")->required();
    with_json(info);
    PluginCheck plugin_file;
    for (CLI::App* command : add_file_commands(*plugins, plugin_file, chosen, output))
        with_json(command);
    std::string directory = ".";
    CLI::App* fresh = plugins->add_subcommand("new", "Begin a plugin: a copy of the template, ready for `make run`");
    fresh->add_option("id", plugin, "Its id: a-z, 0-9 and _")->required();
    fresh->add_option("--directory", directory, "Where its folder is made")->capture_default_str();
    fresh->callback([&] { chosen = [&] { return plugin_new(plugin, directory); }; });

    const auto change = [&](const char* name, const char* text, int (*command)(const std::string&, const std::string&)) {
        return add_command(*plugins, name, text, config, chosen, [&, command] { return command(config, plugin); })
            ->add_option("id", plugin, "The plugin's id");
    };
    change("enable", "Start a plugin in the running host, and at every start", plugin_enable)->required();
    change("disable", "End a plugin in the running host, and leave it out at every start", plugin_disable)->required();
    change("reload", "Put a new generation of the plugins in place, without a request lost", plugin_reload);

    CLI::App* configuration = line.add_subcommand("config", "The configuration itself")->require_subcommand(1);
    configuration->add_subcommand("schema", "Print its JSON Schema, for editors")->callback([&] { chosen = config_schema; });

    CLI::App* migrate =
        line.add_subcommand("migrate", "Database migrations of the host and its plugins")->require_subcommand(1);
    with_json(add_command(*migrate, "status", "What is applied and what is pending", config, chosen,
                          [&] { return migrate_status(config, output()); }));
    add_command(*migrate, "up", "Apply what is pending", config, chosen, [&] { return migrate_up(config); });

    with_json(add_secret_commands(line, config, secret, chosen, output));

    CLI::App* told = line.add_subcommand("version", "Print the version");
    told->callback([&] { chosen = [&] { return version(output()); }; });
    with_json(told);

    // For packagers; an empty group leaves them out of --help.
    line.add_subcommand("man", "Print the manual page")->group("")->callback([&] {
        chosen = [&] { return print(man_page(line)); };
    });
    CLI::App* completion = line.add_subcommand("completion", "Print what a shell completes by")->group("");
    completion->require_subcommand(1);
    completion->add_subcommand("bash")->callback([&] { chosen = [&] { return print(bash_completion(line)); }; });
    completion->add_subcommand("fish")->callback([&] { chosen = [&] { return print(fish_completion(line)); }; });
    completion->add_subcommand("zsh")->callback([&] { chosen = [&] { return print(zsh_completion(line)); }; });

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
    return reported(chosen);
}

}  // namespace host::cli
