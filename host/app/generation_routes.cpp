#include "host/app/generation_routes.hpp"

#include <utility>

#include "host/app/failed_plugins.hpp"

namespace host::app {

std::shared_ptr<const http::RouteTable> route_table_of(PluginHosting& hosting, const plugin::Generation& generation,
                                                       const HostRoutes& host_routes) {
    for (http::Route& route : host_routes(hosting))
        hosting.routes.add(std::move(route));
    add_closed_routes(hosting.routes, generation.failures(), hosting.removed_routes);
    return hosting.routes.freeze(generation.pin());
}

}  // namespace host::app
