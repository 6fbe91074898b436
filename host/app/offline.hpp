#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/app/plugin_status.hpp"
#include "host/config/config.hpp"

// What the commands find out without a database, a socket or a file written.
namespace host::app {

// Everything that `gantry serve` would refuse before it starts a plugin, the settings of plugins included. Throws
// config::ConfigErrors with all of it; otherwise the plugins that would run.
std::vector<PluginStatus> check(const config::Examined& examined);

// Values that no schema can judge, such as URLs and networks. Throws config::ConfigErrors with all that are wrong.
void check_values(const config::Config& config);

struct RouteStatus {
    std::string method;
    std::string pattern;
    std::string owner;
    std::string access;  // "public", "authenticated", "notes:read notes:write"
    std::string summary;
};
// Starts the plugins without a database to hear what they declare; sorted by pattern.
std::vector<RouteStatus> routes(const config::Config& config);

// What GET /openapi.json would answer; starts the plugins as routes() does.
std::string openapi_document(const config::Config& config);

// Enabled plugins in load order, then the others found.
std::vector<PluginStatus> list_plugins(const config::Config& config);

struct PluginDetails {
    std::vector<std::pair<std::string, std::string>> facts;
    std::string settings_schema;  // JSON Schema, indented; empty: it takes no settings
};
// Throws NotFound.
PluginDetails plugin_details(const config::Config& config, const std::string& id);

// Writes down that a plugin is to run, or not, from the next start on. Throws NotFound.
void remember_enabled(const config::Config& config, const std::string& id, bool enabled);

}  // namespace host::app
