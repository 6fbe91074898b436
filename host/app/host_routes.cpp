#include "host/app/host_routes.hpp"

#include <utility>

#include "host/core/version.hpp"
#include "host/openapi/pages.hpp"

namespace host::app {

openapi::PublishedDocument add_host_routes(RouteCollection& routes, http::HealthSources health,
                                           const openapi::Settings& settings, core::ThreadPool& pool) {
    for (http::Route& route : http::health_routes(std::move(health)))
        routes.add(std::move(route));
    for (http::Route& route : openapi::page_routes(settings, pool))
        routes.add(std::move(route));
    openapi::PublishedDocument document;
    routes.add(document.route());
    return document;
}

openapi::Description describe(const config::Config& config, const std::vector<plugin::Status>& plugins) {
    openapi::Description description{config.openapi.title, std::string(core::version()), config.openapi.server_url, {}};
    for (const plugin::Status& status : plugins) {
        if (status.enabled) description.owners.push_back({status.id, status.version, status.summary});
    }
    description.owners.push_back({"host", "", "The host itself: its health, and what it serves"});
    return description;
}

}  // namespace host::app
