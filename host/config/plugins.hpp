#pragma once

#include <string_view>

#include "host/config/config.hpp"

namespace host::config {

// [a-z][a-z0-9_]{0,30}, and none of the names that the database or the host keep for themselves.
bool is_plugin_id(std::string_view id);

// Reports ids that no plugin can have.
void check_plugin_ids(const Node& root, Problems& problems);
// Fills config.plugins.wanted and config.plugin_settings from a completed tree.
void store_plugins(const Node& root, Config& config);

}  // namespace host::config
