#pragma once

#include <string>

#include <gantry/json.hpp>

// The reference of all settings, made from the same tables that read them.
namespace host::config {

// JSON Schema (2020-12) of a configuration file, for editors.
gantry::Json json_schema();
// A table in Markdown: setting, type, default, variable, meaning.
std::string settings_markdown();

}  // namespace host::config
