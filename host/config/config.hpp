#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/json.hpp>

#include "host/config/interpolate.hpp"
#include "host/config/problems.hpp"
#include "host/config/tree.hpp"
#include "host/database/settings.hpp"
#include "host/events/settings.hpp"
#include "host/http/settings.hpp"
#include "host/http_client/settings.hpp"
#include "host/identity/settings.hpp"
#include "host/jobs/settings.hpp"
#include "host/kv/settings.hpp"
#include "host/limits/settings.hpp"
#include "host/log/settings.hpp"
#include "host/metrics/settings.hpp"
#include "host/openapi/settings.hpp"
#include "host/plugin/settings.hpp"
#include "host/secrets/settings.hpp"
#include "host/services/settings.hpp"

namespace host::config {

// All that an administrator decided, as plain values. The members' initializers are the defaults.
struct Config {
    std::filesystem::path data_directory = "/var/lib/gantry";
    std::vector<std::filesystem::path> migrations_directories{"/usr/share/gantry/migrations"};
    // How long a new generation is watched before the former one ends.
    std::chrono::milliseconds reload_watch{5'000};
    http::Settings http;
    identity::Settings identity;
    database::Settings database;  // its data_directory is the one above
    kv::Settings kv;
    limits::Settings rate_limits;
    http_client::Settings http_client;
    secrets::Settings secrets;  // its data_directory is the one above
    events::Settings events;
    jobs::Settings jobs;
    services::Settings services;
    log::Settings log;
    openapi::Settings openapi;
    metrics::Settings metrics;
    plugin::Settings plugins = packaged_plugins();
    // Of each enabled plugin, by id: what stands beside "host". Its schema is known only once the plugin is mapped.
    std::map<std::string, Node> plugin_settings;
    // Each setting of the host as JSON by its path, to tell one configuration from the next. Holds secrets.
    std::map<std::string, std::string> values;

  private:
    static plugin::Settings packaged_plugins();
};

// A configuration and all that is wrong with it.
struct Examined {
    Config config;                    // of use as a whole only if there are no errors
    std::vector<std::string> errors;  // "gantry.yaml:41:13: http.workers: ..."
    // Its plugins and their directories are what was written, so that their settings can be checked although there are
    // errors.
    bool plugins_known = false;
};

// As load(), but hands out what is wrong instead of throwing it.
Examined examine(const std::filesystem::path& file, const Environment& environment);

// Reads the file, plugins.d/<id>.yaml beside it, and the environment, in this order of growing weight. Throws ConfigErrors
// with everything that is wrong. Paths in the result are absolute.
Config load(const std::filesystem::path& file, const Environment& environment);
// The same for a text that is at hand; `file` is only its name.
Config parse(std::string_view text, const std::string& file, const Environment& environment);

// The paths of the host's own settings in which two configurations differ: "http.listen".
std::vector<std::string> changed_settings(const Config& before, const Config& after);

// The settings of one plugin, checked against its schema and completed. Adds to `errors` all that is wrong; the result is
// then of no use. A schema that is null or {} takes no settings at all.
Node validate_plugin_settings(const Config& config, const std::string& id, const std::string& version,
                              const gantry::Json& schema, std::vector<std::string>& errors);

}  // namespace host::config
