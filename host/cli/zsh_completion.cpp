#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <string_view>

#include "host/cli/described.hpp"

namespace host::cli {

namespace {

// Within single quotes, and with what `_arguments` and `_describe` take for their own marks escaped.
std::string escaped(const std::string& text, std::string_view marks) {
    std::string safe;
    for (const char c : text) {
        if (c == '\'') {
            safe += "'\\''";
            continue;
        }
        if (c == '\\' || marks.find(c) != std::string_view::npos) safe += '\\';
        safe += c;
    }
    return safe;
}

// What completes a value: the name of the option or of the place says what it is.
std::string action_of(const std::string& name, const std::string& words) {
    if (name == "config" || name == "junit" || name == "file") return "_files";
    if (name == "directory") return "_files -/";
    if ((name == "id" && words != "plugin new") || name == "owner") return "_gantry_plugins";
    return " ";
}

std::string joined_names(const CLI::Option& option, const char* between) {
    std::string names;
    for (const std::string& name : option.get_snames())
        names += (names.empty() ? "" : between) + ("-" + name);
    for (const std::string& name : option.get_lnames())
        names += (names.empty() ? "" : between) + ("--" + name);
    return names;
}

// '(-c --config)'{-c,--config}'[Configuration file]:config:_files'
std::string specification_of(const CLI::Option& option, const std::string& words) {
    const std::string description = "[" + escaped(option.get_description(), "[]:") + "]";
    const std::string names = joined_names(option, " ");
    const std::string braces = joined_names(option, ",");
    std::string value;
    if (takes_value(option)) {
        const std::string name = option.get_lnames().empty() ? "value" : option.get_lnames().front();
        value = ":" + name + ":" + action_of(name, words);
    }
    if (names == braces) return "'" + names + description + value + "'";
    return "'(" + names + ")'{" + braces + "}'" + description + value + "'";
}

std::string arguments_of(const CLI::App& app, const std::string& words) {
    std::string all;
    for (const CLI::Option* option : app.get_options()) {
        all += " \\\n        ";
        if (option->get_positional()) {
            const std::string optional = option->get_required() ? "" : ":";
            all += "':" + optional + option->get_name() + ":" + action_of(option->get_name(), words) + "'";
        } else {
            all += specification_of(*option, words);
        }
    }
    return all;
}

// A function for the command and one for each below it: _gantry_plugin_list.
std::string functions_of(const CLI::App& app, const std::string& function, const std::string& words) {
    std::string below, described, cases;
    for (const CLI::App* command : commands_of(app)) {
        const std::string& name = command->get_name();
        std::string called = function + "_" + name;
        std::replace(called.begin(), called.end(), '-', '_');
        below += functions_of(*command, called, words.empty() ? name : words + " " + name);
        described += "\n        '" + escaped(name, ":") + ":" + escaped(command->get_description(), "") + "'";
        cases += "    argument:" + name + ") " + called + " ;;\n";
    }
    if (described.empty()) return function + "() {\n    _arguments" + arguments_of(app, words) + "\n}\n";
    return below + function + "() {\n    local state line curcontext=\"$curcontext\"\n    local -a commands=(" + described +
           "\n    )\n    _arguments -C" + arguments_of(app, words) +
           " \\\n        '1:command:->command' \\\n        '*::argument:->argument'\n"
           "    case $state:$words[1] in\n    command:*) _describe command commands ;;\n" +
           cases + "    esac\n}\n";
}

}  // namespace

std::string zsh_completion(const CLI::App& line) {
    return "#compdef gantry\n# zsh completion of gantry(1), made by `gantry completion zsh`\n"
           "_gantry_plugins() {\n"
           "    local -a found=(${(f)\"$(gantry plugin list 2>/dev/null | awk 'NR > 1 { print $1 }')\"})\n"
           "    _describe plugin found\n"
           "}\n" +
           functions_of(line, "_gantry", "") +
           "if [[ $funcstack[1] == _gantry ]]; then\n    _gantry \"$@\"\nelse\n    compdef _gantry gantry\nfi\n";
}

}  // namespace host::cli
