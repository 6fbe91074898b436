#pragma once

#include <string>

#include <gantry/json.hpp>

#include "host/config/config.hpp"
#include "host/plugin/verify.hpp"

// The settings of one plugin between its schema, the administrator's file and the host's API.
namespace host::app {

// The schema in what describe() gave, {"config": <JSON Schema>}; nothing: the plugin takes no settings. Throws Abi.
gantry::Json schema_of(const std::string& description);

// Checked and completed. Throws config::ConfigErrors with everything that is wrong.
config::Node settings_of(const config::Config& config, const std::string& id, const std::string& version,
                         const std::string& description);

// For people: what is secret, and what came through a reference and may be, is "***".
gantry::Json masked(const config::Node& settings, const gantry::Json& schema);
// What people sent back, as it is kept: a "***" is what `present` has there, a "$" means itself.
gantry::Json unmasked(const gantry::Json& sent, const config::Node* present);

}  // namespace host::app
