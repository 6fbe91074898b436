#pragma once

#include <string>
#include <vector>

namespace host::app {

// One plugin as `gantry plugin list` and the banner show it.
struct PluginStatus {
    std::string id;
    std::string version;
    std::string state;  // "serving", "failed", "available"
    std::string summary;
    std::string file;
    std::string problem;  // empty: none
};

}  // namespace host::app
