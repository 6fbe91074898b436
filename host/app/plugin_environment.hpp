#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/app/route_collection.hpp"
#include "host/bridge/host_table.hpp"
#include "host/config/config.hpp"
#include "host/log/logger.hpp"
#include "host/plugin/environment.hpp"

namespace host::app {

// The parts of the host that plugins meet. All of it outlives every plugin.
struct PluginHosting {
    const config::Config& config;
    std::shared_ptr<log::Sink> sink;
    bridge::Rooms rooms;  // all null offline
    RouteCollection routes = {};
    std::vector<http::Route> removed_routes = {};          // of plugins that failed or ended
    std::map<std::string, std::string> descriptions = {};  // by id, what describe() gave
};

// Puts together what the plugin room needs of the others. `hosting` must outlive the result.
plugin::Environment plugin_environment(PluginHosting& hosting);

}  // namespace host::app
