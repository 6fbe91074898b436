#pragma once

#include <functional>
#include <vector>

#include <gantry/json.hpp>

#include "host/admin/event_feed.hpp"
#include "host/admin/plugin_routes.hpp"
#include "host/config/config.hpp"
#include "host/core/thread_pool.hpp"
#include "host/events/events.hpp"
#include "host/http/health.hpp"
#include "host/http/pipeline.hpp"
#include "host/jobs/jobs.hpp"
#include "host/openapi/description.hpp"
#include "host/plugin/status.hpp"

namespace host::app {

// What the host's own routes ask. Offline, where they are only declared, all of it may be empty.
struct HostRouteSources {
    http::HealthSources health = {};
    std::function<gantry::Json()> status = {};
    admin::Plugins* plugins = nullptr;
    admin::LogSource log = {};
    admin::MetricsSource metrics = {};
    jobs::Jobs* jobs = nullptr;
    events::Events* events = nullptr;
    admin::EventFeeds* feeds = nullptr;
    http::Pipeline* pipeline = nullptr;
    core::ThreadPool& pool;  // outlives every exchange
};

// The host's own routes: health, its API, and the pages that show the whole API.
std::vector<http::Route> host_routes(HostRouteSources sources, const openapi::Settings& pages);

// What the API's document says beside the routes.
openapi::Description describe(const config::Config& config, const std::vector<plugin::Status>& plugins);

}  // namespace host::app
