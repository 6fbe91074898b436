#pragma once

#include "host/database/database.hpp"
#include "host/http/health.hpp"
#include "host/kv/kv.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// What /health asks: the database, the key-value store if it is a server, and every enabled plugin.
std::vector<http::Probe> health_probes(database::Database& database, const kv::Kv& kv, const plugin::Manager& plugins,
                                       const plugin::Settings& settings);

}  // namespace host::app
