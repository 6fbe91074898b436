#pragma once

#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/http/pipeline.hpp"
#include "host/http/route.hpp"

namespace host::admin {

// POST /api/v1/batch: several requests in one. They are made one after the other, each with the caller's own credentials
// through the whole pipeline, so that nothing is allowed, uncounted or unlogged that would not be by itself; one that
// fails does not keep the next from being made. `pipeline` outlives the exchanges; null where the route is only declared.
std::vector<http::Route> batch_routes(http::Pipeline* pipeline, core::ThreadPool& pool);

}  // namespace host::admin
