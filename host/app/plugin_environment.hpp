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

// What one generation's plugins meet: its configuration, and what they declare. The rooms outlive every generation.
struct PluginHosting {
    PluginHosting(config::Config config, std::shared_ptr<log::Sink> sink, const bridge::Rooms& rooms)
        : config(std::move(config)), sink(std::move(sink)), rooms(rooms) {}

    const config::Config config;
    std::shared_ptr<log::Sink> sink;
    bridge::Rooms rooms;  // all null offline
    RouteCollection routes;
    const std::shared_ptr<bridge::Claims> claims = std::make_shared<bridge::Claims>();
    std::vector<http::Route> removed_routes;          // of plugins that failed or ended
    std::map<std::string, std::string> descriptions;  // by id, what describe() gave
};

// What the plugin room makes a generation from. `hosting` lives as long as the last of its instances.
plugin::Plan plan_for(std::shared_ptr<PluginHosting> hosting);

}  // namespace host::app
