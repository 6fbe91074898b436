#include "host/cli/described.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <vector>

#include "host/core/version.hpp"

namespace host::cli {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

namespace {

// Calls `visit` with each command that does something and the words before its options: "plugin list".
void each_command(const CLI::App& app, const std::string& words,
                  const std::function<void(const CLI::App&, const std::string&)>& visit) {
    for (const CLI::App* command : commands_of(app)) {
        const std::string path = words.empty() ? command->get_name() : words + " " + command->get_name();
        if (commands_of(*command).empty()) visit(*command, path);
        each_command(*command, path, visit);
    }
}

// A line of roff that begins with a dot or a quote would be a command, a bare hyphen something else than it looks.
std::string roff(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '-' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe.starts_with('.') || safe.starts_with('\'') ? "\\&" + safe : safe;
}

std::string names_of(const CLI::Option& option) {
    std::string names;
    for (const std::string& name : option.get_snames())
        names += (names.empty() ? "-" : ", -") + name;
    for (const std::string& name : option.get_lnames())
        names += (names.empty() ? "--" : ", --") + name;
    return names;
}

std::string entry_of(const CLI::App& command, const std::string& path) {
    std::string head = ".TP\n.BI \"" + roff(path);
    std::string options;
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_positional()) {
            head += option->get_required() ? " \" " + option->get_name() + " \"" : " [\" " + option->get_name() + " \"]";
        } else if (names_of(*option) != "-h, --help") {
            options += ".RS\n.TP\n.B " + roff(names_of(*option)) + (takes_value(*option) ? " \\fIvalue\\fR" : "") + "\n" +
                       roff(option->get_description()) + "\n.RE\n";
        }
    }
    return head + "\"\n" + roff(command.get_description()) + ".\n" + options;
}

constexpr const char* man_tail = R"(.SH ENVIRONMENT
.TP
.B GANTRY_CONFIG
The configuration file; otherwise /etc/gantry/gantry.yaml.
.TP
.B GANTRY_\fISETTING\fR
Any single setting of the configuration: http.listen is GANTRY_HTTP_LISTEN.
.TP
.BR NOTIFY_SOCKET ", " WATCHDOG_USEC
Set by
.BR systemd (1)
for a unit of Type=notify: the host reports when it serves, when it stops, and that its event loops turn.
.SH FILES
.TP
.I /etc/gantry/gantry.yaml
The configuration, each setting explained.
.TP
.I /etc/gantry/plugins.d/\fIid\fP.yaml
Switches a plugin on and holds its settings.
.TP
.I /etc/default/gantry
Environment of the service, if it exists.
.TP
.I /usr/lib/gantry/plugins/\fIid\fP/\fIversion\fP/\fIid\fP.so
Plugins.
.TP
.I /usr/share/gantry/migrations/\fIid\fP/
Their database migrations.
.TP
.I /var/lib/gantry
All that the host keeps, the private PostgreSQL among it.
.SH EXIT STATUS
0 done, 1 failed, 2 wrong command line, 3 wrong configuration.
.SH SEE ALSO
.BR systemctl (1),
.BR postgres (1)
)";

std::string words_of_options(const CLI::App& command) {
    std::string words;
    for (const CLI::Option* option : command.get_options())
        for (const std::string& name : option->get_lnames())
            words += (words.empty() ? "--" : " --") + name;
    return words;
}

std::string words_of_commands(const CLI::App& app) {
    std::string words;
    for (const CLI::App* command : commands_of(app))
        words += (words.empty() ? "" : " ") + command->get_name();
    return words;
}

// A case of bash's for each command: what may follow it.
std::string bash_cases(const CLI::App& app, const std::string& words) {
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        const std::string path = words.empty() ? command->get_name() : words + " " + command->get_name();
        const std::string more = words_of_commands(*command);
        cases += "    \"" + path + "\") words=\"" + (more.empty() ? words_of_options(*command) : more) + "\" ;;\n";
        cases += bash_cases(*command, path);
    }
    return cases;
}

std::string single_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("\\'") : std::string(1, c);
    return quoted + "'";
}

}  // namespace

std::string man_page(const CLI::App& line) {
    std::string page = ".TH GANTRY 1 \"\" \"gantry " + std::string(core::version()) +
                       "\" \"User Commands\"\n.SH NAME\ngantry \\- server that becomes what its plugins make of it\n"
                       ".SH SYNOPSIS\n.B gantry\n.I command\n.RI [ options ]\n.SH DESCRIPTION\n" +
                       roff(line.get_description()) + "\n.SH COMMANDS\n";
    each_command(line, "", [&](const CLI::App& command, const std::string& path) { page += entry_of(command, path); });
    return page + man_tail;
}

std::string bash_completion(const CLI::App& line) {
    return "# bash completion of gantry(1), made by `gantry completion bash`\n"
           "_gantry() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path=\"\" words=\"\" word\n"
           "    case \"$previous\" in\n"
           "    -c | --config | --junit)\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
           "        return\n"
           "        ;;\n"
           "    --directory)\n"
           "        mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
           "        return\n"
           "        ;;\n"
           "    esac\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        [[ $word == -* ]] && break\n"
           "        path=\"${path:+$path }$word\"\n"
           "    done\n"
           "    case \"$path\" in\n"
           "    \"\") words=\"" +
           words_of_commands(line) + " --help --version\" ;;\n" + bash_cases(line, "") +
           "    esac\n"
           "    case \"$path\" in\n"
           "    \"plugin info\" | \"plugin enable\" | \"plugin disable\" | \"plugin reload\")\n"
           "        words=\"$words $(gantry plugin list 2>/dev/null | awk 'NR > 1 { print $1 }')\"\n"
           "        ;;\n"
           "    esac\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "    [[ $path == \"plugin check\" || $path == \"plugin inspect\" ]] && [[ $current != -* ]] &&\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
           "}\n"
           "complete -o filenames -F _gantry gantry\n";
}

std::string fish_completion(const CLI::App& line) {
    std::string text = "# fish completion of gantry(1), made by `gantry completion fish`\n";
    for (const CLI::App* command : commands_of(line)) {
        text += "complete -c gantry -n __fish_use_subcommand -f -a " + command->get_name() + " -d " +
                single_quoted(command->get_description()) + "\n";
        for (const CLI::App* below : commands_of(*command))
            text += "complete -c gantry -n '__fish_seen_subcommand_from " + command->get_name() + "' -f -a " +
                    below->get_name() + " -d " + single_quoted(below->get_description()) + "\n";
    }
    each_command(line, "", [&](const CLI::App& command, const std::string&) {
        for (const CLI::Option* option : command.get_options())
            for (const std::string& name : option->get_lnames())
                text += "complete -c gantry -n '__fish_seen_subcommand_from " + command.get_name() + "' -l " + name +
                        (takes_value(*option) ? " -r" : "") + " -d " + single_quoted(option->get_description()) + "\n";
    });
    return text;
}

}  // namespace host::cli
