#pragma once

#include <vector>

#include "host/app/route_collection.hpp"
#include "host/config/config.hpp"
#include "host/core/thread_pool.hpp"
#include "host/http/health.hpp"
#include "host/openapi/published_document.hpp"
#include "host/plugin/status.hpp"

namespace host::app {

// Adds the host's own routes: health, and the API's document, which is rendered once the table is frozen, with the pages
// that show it. `pool` outlives every exchange.
openapi::PublishedDocument add_host_routes(RouteCollection& routes, http::HealthSources health,
                                           const openapi::Settings& settings, core::ThreadPool& pool);

// What the document says beside the routes.
openapi::Description describe(const config::Config& config, const std::vector<plugin::Status>& plugins);

}  // namespace host::app
