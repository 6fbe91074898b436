#include "host/app/host_routes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "host/admin/batch.hpp"
#include "host/admin/event_routes.hpp"
#include "host/admin/job_routes.hpp"
#include "host/admin/status_routes.hpp"
#include "host/core/version.hpp"
#include "host/openapi/pages.hpp"

namespace host::app {

std::vector<http::Route> host_routes(HostRouteSources sources, const openapi::Settings& pages) {
    std::vector<http::Route> routes = http::health_routes(std::move(sources.health));
    const auto append = [&](std::vector<http::Route> more) { std::ranges::move(more, std::back_inserter(routes)); };
    append(admin::status_routes(std::move(sources.status)));
    append(admin::plugin_routes(sources.plugins, std::move(sources.log), std::move(sources.metrics)));
    append(admin::job_routes(sources.jobs));
    append(admin::event_routes(sources.events, sources.feeds));
    append(admin::batch_routes(sources.pipeline, sources.pool));
    append(openapi::page_routes(pages, sources.pool));
    return routes;
}

openapi::Description describe(const config::Config& config, const std::vector<plugin::Status>& plugins) {
    openapi::Description description{config.openapi.title, std::string(core::version()), config.openapi.server_url, {}};
    for (const plugin::Status& status : plugins) {
        if (status.enabled) description.owners.push_back({status.id, status.version, status.summary});
    }
    description.owners.push_back({"host", "", "The host itself: its health, its plugins, and what it serves"});
    return description;
}

}  // namespace host::app
