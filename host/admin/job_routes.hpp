#pragma once

#include <vector>

#include "host/http/route.hpp"
#include "host/jobs/jobs.hpp"

namespace host::admin {

// /api/v1/jobs and /api/v1/schedules. `jobs` outlives the routes; null, where they are only declared.
std::vector<http::Route> job_routes(jobs::Jobs* jobs);

}  // namespace host::admin
