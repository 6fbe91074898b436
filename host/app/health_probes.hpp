#pragma once

#include "host/app/plugin_health.hpp"
#include "host/config/config.hpp"
#include "host/database/database.hpp"
#include "host/http/health.hpp"
#include "host/http/server.hpp"
#include "host/kv/kv.hpp"

namespace host::app {

// What the probes ask; all of it outlives them.
struct ProbedParts {
    database::Database& database;
    const kv::Kv& kv;
    PluginHealth& plugins;
    const http::Server& server;
};

// What /health asks: the database, the key-value store if it is a server, every enabled plugin, and the certificates, if
// there are any.
std::vector<http::Probe> health_probes(const ProbedParts& parts, const config::Config& config);

}  // namespace host::app
