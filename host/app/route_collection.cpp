#include "host/app/route_collection.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "host/core/error.hpp"

namespace host::app {

void RouteCollection::add(http::Route route) {
    routes_.with([&](std::vector<http::Route>& routes) {
        // Only the builder knows what clashes. Building it anew costs microseconds a route, at start only, and leaves
        // one definition of a conflict.
        http::RouteTableBuilder builder;
        for (const http::Route& taken : routes)
            builder.add(taken);
        builder.add(route);
        routes.push_back(std::move(route));
    });
}

std::vector<http::Route> RouteCollection::remove(const std::string& owner) {
    return routes_.with([&](std::vector<http::Route>& routes) {
        const auto theirs = std::stable_partition(routes.begin(), routes.end(),
                                                  [&](const http::Route& route) { return route.owner != owner; });
        std::vector<http::Route> removed(std::make_move_iterator(theirs), std::make_move_iterator(routes.end()));
        routes.erase(theirs, routes.end());
        return removed;
    });
}

std::shared_ptr<const http::RouteTable> RouteCollection::freeze(std::shared_ptr<const void> pinned,
                                                                const std::function<void(http::Route&)>& complete) const {
    http::RouteTableBuilder builder;
    routes_.with([&](const std::vector<http::Route>& routes) {
        for (http::Route route : routes) {
            if (complete) complete(route);
            builder.add(std::move(route));
        }
    });
    return std::move(builder).freeze(std::move(pinned));
}

void add_unless_taken(RouteCollection& routes, http::Route route) {
    try {
        routes.add(std::move(route));
    } catch (const core::Error& error) {
        if (error.code() != core::Code::Conflict) throw;
    }
}

}  // namespace host::app
