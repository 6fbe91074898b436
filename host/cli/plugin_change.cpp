#include <iostream>
#include <string>

#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/control_client.hpp"
#include "host/config/config.hpp"
#include "host/config/reference.hpp"
#include "host/core/error.hpp"

namespace host::cli {

namespace {

using gantry::Json;

constexpr const char* api = "/api/v1/plugins/";

void print_lines(const Json* lines, const char* before, const char* behind) {
    if (lines == nullptr || !lines->is_array()) return;
    for (const Json& line : lines->items())
        std::cout << before << line.as_string() << behind << '\n';
}

// Says what the running host did.
int report(const ControlAnswer& answer) {
    if (answer.status == 422) {
        std::cerr << "nothing has changed:\n";
        const Json* details = answer.body.find("details");
        const Json* problems = details != nullptr ? details->find("problems") : nullptr;
        if (problems != nullptr && problems->is_array())
            for (const Json& problem : problems->items())
                std::cerr << "  " << problem.as_string() << '\n';
        return Failed;
    }
    if (const Json* generation = answer.body.find("generation"))
        std::cout << "generation " << generation->as_integer() << " serves\n";
    print_lines(answer.body.find("restart_needed"), "  ", " changed: it takes effect at the next start");
    return Ok;
}

int switch_plugin(const std::string& config_file, const std::string& id, bool enabled) {
    const config::Config config = config::load(config_file, config::process_environment());
    try {
        return report(ask_host(config.data_directory, "POST", api + id + (enabled ? "/enable" : "/disable")));
    } catch (const core::Error& error) {
        if (error.code() != core::Code::NotFound) throw;
    }
    app::remember_enabled(config, id, enabled);
    std::cout << "no host runs here: " << id << (enabled ? " is started" : " is left out") << " at the next start\n";
    return Ok;
}

}  // namespace

int plugin_enable(const std::string& config_file, const std::string& id) {
    return switch_plugin(config_file, id, true);
}

int plugin_disable(const std::string& config_file, const std::string& id) {
    return switch_plugin(config_file, id, false);
}

int plugin_reload(const std::string& config_file, const std::string& id) {
    const config::Config config = config::load(config_file, config::process_environment());
    return report(ask_host(config.data_directory, "POST", id.empty() ? std::string(api) + "reload" : api + id + "/reload"));
}

int config_schema() {
    std::cout << config::json_schema().dump_pretty() << '\n';
    return Ok;
}

}  // namespace host::cli
