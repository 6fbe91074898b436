#pragma once

#include <string>

#include "host/database/database.hpp"
#include "host/http/route.hpp"
#include "host/http/server.hpp"
#include "host/kv/kv.hpp"
#include "host/limits/limits.hpp"
#include "host/metrics/registry.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// What the rooms count themselves, asked for when somebody reads: gantry_http_connections and the like,
// gantry_database_*, gantry_kv_*, gantry_rate_limit_*, gantry_plugin_*. All of them outlive the registry's last reader.
void define_server_metrics(metrics::Registry& registry, const http::Server& server);
void define_database_metrics(metrics::Registry& registry, const database::Database& database);
void define_kv_metrics(metrics::Registry& registry, const kv::Kv& kv);
void define_limit_metrics(metrics::Registry& registry, const limits::Limits& limits);
void define_plugin_metrics(metrics::Registry& registry, const plugin::Manager& plugins);

// GET /metrics. `token` is what a reader must bear; empty: anybody may read.
http::Route metrics_route(const metrics::Registry& registry, const std::string& token);

}  // namespace host::app
