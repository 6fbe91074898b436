#include "host/app/failed_plugins.hpp"

#include "host/core/error.hpp"
#include "host/http/exchange.hpp"

namespace host::app {

namespace {

http::Route unavailable(const std::string& method, const std::string& pattern, const std::string& plugin) {
    http::Route route;
    route.method = method;
    route.pattern = pattern;
    route.owner = plugin;
    route.operation_id = "unavailable";
    route.summary = "The plugin " + plugin + " does not run";
    route.internal = true;
    route.handle = [plugin](const std::shared_ptr<http::Exchange>&) {
        throw core::Error(core::Code::Unavailable, "the plugin " + plugin + " does not run");
    };
    return route;
}

}  // namespace

void add_closed_routes(RouteCollection& routes, const std::vector<plugin::Failure>& failures,
                       const std::vector<http::Route>& removed) {
    for (const plugin::Failure& failure : failures) {
        if (failure.on_failure != plugin::OnFailure::Closed) continue;
        for (const http::Route& route : removed) {
            if (route.owner == failure.id) add_unless_taken(routes, unavailable(route.method, route.pattern, failure.id));
        }
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            add_unless_taken(routes, unavailable(method, "/" + failure.id, failure.id));
            add_unless_taken(routes, unavailable(method, "/" + failure.id + "/{rest...}", failure.id));
        }
    }
}

}  // namespace host::app
