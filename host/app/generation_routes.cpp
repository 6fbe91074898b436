#include "host/app/generation_routes.hpp"

#include <algorithm>
#include <utility>

#include "host/app/failed_plugins.hpp"
#include "host/app/host_routes.hpp"
#include "host/limits/rule.hpp"
#include "host/log/logger.hpp"
#include "host/openapi/published_document.hpp"

namespace host::app {

namespace {

// A misspelled rule protects nothing, and without a word nobody would notice.
void tell_idle_rules(const http::RouteTable& table, const PluginHosting& hosting) {
    const log::Logger logger(hosting.sink, "limits");
    for (const limits::Rule& rule : hosting.config.rate_limits.rules) {
        const auto named = [&](const http::Route& route) { return limits::names(rule, route); };
        if (std::ranges::none_of(table.routes(), named))
            logger.warn("this rule limits nothing: no route has its owners, methods and routes", {{"rule", rule.name}});
    }
}

}  // namespace

std::shared_ptr<const http::RouteTable> route_table_of(PluginHosting& hosting, const plugin::Generation& generation,
                                                       const HostRoutes& host_routes, const RouteCounters& counters) {
    for (http::Route& route : host_routes(hosting)) {
        // The front page is the host's as long as no plugin wants it.
        if (route.pattern == "/")
            add_unless_taken(hosting.routes, std::move(route));
        else
            hosting.routes.add(std::move(route));
    }
    add_closed_routes(hosting.routes, generation.failures(), hosting.removed_routes);
    openapi::PublishedDocument document;
    hosting.routes.add(document.route());
    auto table = hosting.routes.freeze(generation.pin(), [&](http::Route& route) {
        route.meter = counters.metrics.meter_for(route);
        route.limit = counters.limits.limit_for(route, hosting.config.rate_limits);
    });
    tell_idle_rules(*table, hosting);
    document.render(*table, describe(hosting.config, generation.list()));
    return table;
}

}  // namespace host::app
