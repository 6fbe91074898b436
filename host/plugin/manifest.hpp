#pragma once

#include <string>
#include <vector>

namespace host::plugin {

// manifest.yaml, as it stands in the plugin file's section .gantry.manifest.
struct Manifest {
    std::string id;
    std::string version;
    std::string summary;
    std::vector<std::string> requires_plugins;  // "auth": that plugin must have started first
    std::vector<std::string> services;          // "gantry.database/1": what the plugin may ask the host for
};

}  // namespace host::plugin
