#pragma once

#include <string>

#include "host/http/route.hpp"
#include "host/http/server.hpp"
#include "host/metrics/registry.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// Of the server and the plugins, asked for when somebody reads; both outlive the registry's last reader.
void define_server_metrics(metrics::Registry& registry, const http::Server& server);
void define_plugin_metrics(metrics::Registry& registry, const plugin::Manager& plugins);

// GET /metrics. `token` is what a reader must bear; empty: anybody may read.
http::Route metrics_route(const metrics::Registry& registry, const std::string& token);

}  // namespace host::app
