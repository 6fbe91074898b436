#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/check/check.hpp"

// What can be done with a plugin file by itself, installed or not.
namespace host::app {

// What a plugin file says of itself. Nothing of it is run. Empty members: the file does not say.
struct FileFacts {
    std::string file;
    std::uint64_t size = 0;
    std::string sha256;
    std::string architecture;
    std::string build_id;
    std::string id;
    std::string version;
    std::string summary;
    std::string abi;
    std::string sdk;
    std::map<std::string, std::uint32_t> uses;  // service to the least size of its table
    std::vector<std::string> services;          // what its manifest asks for
    std::vector<std::string> requires_plugins;
    std::vector<std::string> libraries;  // shared libraries it is linked with
    std::string manifest;                // as it stands in the file
    std::string refusal;                 // why this host would not load it; empty: it would
};
// Throws if the file cannot be read.
FileFacts inspect_file(const std::filesystem::path& file);

struct CheckOrder {
    std::filesystem::path file;
    std::string config_file;  // where the settings of the plugin stand; empty: it gets its defaults
    check::Options options;
};
// Tries to break the plugin, and tells each result as it comes. The first is whether its bytes are in order. Throws if the
// file cannot be read, and config::ConfigErrors.
void check_plugin(const CheckOrder& order, const std::function<void(const check::Result&)>& tell);

}  // namespace host::app
