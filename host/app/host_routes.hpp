#pragma once

#include <vector>

#include "host/app/route_collection.hpp"
#include "host/config/config.hpp"
#include "host/http/health.hpp"
#include "host/openapi/published_document.hpp"
#include "host/plugin/status.hpp"

namespace host::app {

// Adds the host's own routes: health, and the API's document, which is rendered once the table is frozen.
openapi::PublishedDocument add_host_routes(RouteCollection& routes, http::HealthSources health);

// What the document says beside the routes.
openapi::Description describe(const config::Config& config, const std::vector<plugin::Status>& plugins);

}  // namespace host::app
