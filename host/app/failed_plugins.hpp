#pragma once

#include <string>
#include <vector>

#include "host/app/route_collection.hpp"
#include "host/plugin/inspection.hpp"

namespace host::app {

// Routes that answer 503 for a plugin that failed and is `closed`: those it had declared (`removed`), and everything below
// /<id> for those that nobody got to know.
void add_closed_routes(RouteCollection& routes, const std::vector<plugin::Failure>& failures,
                       const std::vector<http::Route>& removed);

}  // namespace host::app
