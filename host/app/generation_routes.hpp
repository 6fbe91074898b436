#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "host/app/http_metrics.hpp"
#include "host/app/plugin_environment.hpp"
#include "host/http/route_table.hpp"
#include "host/limits/limits.hpp"
#include "host/plugin/generation.hpp"

namespace host::app {

// Makes the host's own part of a generation's table.
using HostRoutes = std::function<std::vector<http::Route>(const PluginHosting&)>;

// What is added to every route, whoever declared it.
struct RouteCounters {
    const HttpMetrics& metrics;  // counts the requests to each
    limits::Limits& limits;      // those that the configuration limits
};

// The table of a generation that has started: what its plugins declared, the host's own routes, and 503 for the plugins
// that are `closed` and failed. Pins the generation.
std::shared_ptr<const http::RouteTable> route_table_of(PluginHosting& hosting, const plugin::Generation& generation,
                                                       const HostRoutes& host_routes, const RouteCounters& counters);

}  // namespace host::app
