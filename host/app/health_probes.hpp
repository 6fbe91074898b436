#pragma once

#include "host/config/config.hpp"
#include "host/database/database.hpp"
#include "host/http/health.hpp"
#include "host/http/server.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// What /health asks: the database, every enabled plugin, and the certificates, if there are any.
std::vector<http::Probe> health_probes(database::Database& database, const plugin::Manager& plugins,
                                       const http::Server& server, const config::Config& config);

}  // namespace host::app
