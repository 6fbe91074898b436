#pragma once

#include <string>
#include <vector>

#include <gantry/json.hpp>

#include "host/config/binding.hpp"
#include "host/config/config.hpp"

// The tables of all settings of the host: what each is called in YAML, what it may be, what it is for.
namespace host::config {

// What the host does with one plugin: plugins.<id>.host.
struct PluginHost {
    bool enabled = true;
    plugin::Wanted wanted;
};

const std::vector<Setting<Config>>& settings();
const std::vector<Setting<PluginHost>>& plugin_host_settings();

// The schema of a whole configuration file, for validate().
const gantry::Json& host_schema();

}  // namespace host::config
