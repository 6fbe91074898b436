#pragma once

#include <functional>
#include <vector>

#include <gantry/json.hpp>

#include "host/http/route.hpp"

namespace host::admin {

// GET / and GET /api/v1/status: what this is and where to go on, for everybody. `more` adds to the status what the app
// knows: the generation, the last reload.
std::vector<http::Route> status_routes(std::function<gantry::Json()> more);

}  // namespace host::admin
