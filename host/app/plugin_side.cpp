#include "host/app/plugin_side.hpp"

#include <iterator>
#include <utility>

namespace host::app {

PluginSide::PluginSide(bridge::HostTable::Plugin plugin, RouteCollection& routes, std::vector<http::Route>& removed,
                       database::Database* database, log::Logger logger)
    : id_(plugin.id),
      routes_(routes),
      removed_(removed),
      table_(
          std::move(plugin), [this](http::Route route) { add_route(std::move(route)); }, database, std::move(logger)) {}

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
