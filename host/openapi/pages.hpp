#pragma once

#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/http/route.hpp"
#include "host/openapi/settings.hpp"

namespace host::openapi {

// GET /docs (Swagger UI) and /redoc (ReDoc), and the files they are made of below /docs/ui/. None if the settings say so.
// Without the files, which npm fetches when the package is built, they answer 503. `pool` outlives every exchange.
std::vector<http::Route> page_routes(const Settings& settings, core::ThreadPool& pool);

}  // namespace host::openapi
