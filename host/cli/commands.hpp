#pragma once

#include <string>

#include "host/check/check.hpp"
#include "host/cli/report.hpp"

// One function a command; each returns an exit code and throws core::Error or config's errors.
namespace host::cli {

int serve(const std::string& config_file);
int check(const std::string& config_file, Output output);
int routes(const std::string& config_file, Output output);
int openapi(const std::string& config_file);
int plugin_list(const std::string& config_file, Output output);
int plugin_info(const std::string& config_file, const std::string& id, Output output);
// What a plugin file says of itself; nothing of it is run.
int plugin_inspect(const std::string& file, Output output);
struct PluginCheck {
    std::string file;
    std::string config;  // empty: the plugin gets its defaults
    std::string junit;   // empty: no such file is written
    check::Options options;
};
int plugin_check(const PluginCheck& wanted, Output output);
// Over the running host; without one, enable and disable are remembered for the next start.
int plugin_enable(const std::string& config_file, const std::string& id);
int plugin_disable(const std::string& config_file, const std::string& id);
// An empty id reloads all.
int plugin_reload(const std::string& config_file, const std::string& id);
// The JSON Schema of a configuration file, for editors.
int config_schema();
// Copies the SDK's template into <directory>/<id>, with every word renamed.
int plugin_new(const std::string& id, const std::string& directory);
int migrate_status(const std::string& config_file, Output output);
int version(Output output);
int migrate_up(const std::string& config_file);
int secret_list(const std::string& config_file, Output output);
int secret_set(const std::string& config_file, const std::string& owner, const std::string& name);
int secret_remove(const std::string& config_file, const std::string& owner, const std::string& name);
int secret_rotate_key(const std::string& config_file);

}  // namespace host::cli
