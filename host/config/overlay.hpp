#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <gantry/json.hpp>

#include "host/config/problems.hpp"
#include "host/config/tree.hpp"

// What an administrator decided through the host's API or its command line instead of in a file of his own: one file a
// plugin, <data_directory>/plugins.d/<id>.json, {"enabled":false,"settings":{}}, both optional. It outweighs what the
// configuration says of the plugin.
namespace host::config {

struct PluginOverlay {
    std::optional<bool> enabled;
    std::optional<gantry::Json> settings;  // in place of all the plugin's own settings; with references, "$" escaped
};

std::filesystem::path overlay_directory(const std::filesystem::path& data_directory);
std::filesystem::path overlay_file(const std::filesystem::path& directory, const std::string& id);

// What stands there; nothing: no overlay. Throws core::Error for a file that is none.
PluginOverlay read_overlay(const std::filesystem::path& directory, const std::string& id);
// Whole or not at all, also if the machine loses power; an overlay that says nothing is removed. Throws core::Error.
void write_overlay(const std::filesystem::path& directory, const std::string& id, const PluginOverlay& overlay);

// `sources` with all overlays of the directory laid over its plugins.
Node with_overlays(const Node& sources, const std::filesystem::path& directory, Problems& problems);

// Text that means itself: without references.
std::string escape_references(std::string_view text);

}  // namespace host::config
