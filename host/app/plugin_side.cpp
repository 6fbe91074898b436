#include "host/app/plugin_side.hpp"

#include <iterator>
#include <utility>

#include "host/core/error.hpp"

namespace host::app {

PluginSide::PluginSide(bridge::HostTable::Plugin plugin, RouteCollection& routes, std::vector<http::Route>& removed,
                       std::shared_ptr<bridge::Claims> claims, const bridge::Rooms& rooms, log::Logger logger)
    : id_(plugin.id),
      routes_(routes),
      removed_(removed),
      table_(std::move(plugin),
             {.add_route = [this](http::Route route) { add_route(std::move(route)); },
              .record =
                  [this](std::string kind, std::string description, std::function<void()> revoke) {
                      record(std::move(kind), std::move(description), std::move(revoke));
                  },
              .claims = std::move(claims)},
             rooms, std::move(logger)) {}

void PluginSide::record(std::string kind, std::string description, std::function<void()> revoke) {
    if (ledger_.add(std::move(kind), std::move(description), revoke) != 0) return;
    revoke();
    throw core::Error(core::Code::Gone, "the plugin has ended");
}

void PluginSide::add_route(http::Route route) {
    const std::string description = route.method + " " + route.pattern;
    routes_.add(std::move(route));
    // The table that serves is immutable and swapped whole, so a single route is never taken out of it: revocation takes
    // all routes of the plugin out of the collection that the next table is made of.
    ledger_.add("route", description, [this] {
        std::vector<http::Route> mine = routes_.remove(id_);
        removed_.insert(removed_.end(), std::make_move_iterator(mine.begin()), std::make_move_iterator(mine.end()));
    });
}

void PluginSide::stopped() {
    // A plugin that was given up may still run; the least is that it is not called any more.
    if (!table_.silenced() && !table_.silence(std::chrono::steady_clock::now())) {
        table_.logger().warn("the plugin is still inside a call of the host's");
    }
}

}  // namespace host::app
