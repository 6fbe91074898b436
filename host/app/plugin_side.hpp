#pragma once

#include <string>
#include <vector>

#include "host/app/route_collection.hpp"
#include "host/bridge/host_table.hpp"
#include "host/plugin/environment.hpp"

namespace host::app {

// One plugin instance's host: the bridge's table, and the ledger of what is registered through it.
class PluginSide : public plugin::HostSide {
  public:
    // `removed` gets the routes that the end of the plugin takes back: a closed plugin's are still answered, with 503.
    PluginSide(bridge::HostTable::Plugin plugin, RouteCollection& routes, std::vector<http::Route>& removed,
               std::shared_ptr<bridge::Claims> claims, const bridge::Rooms& rooms, log::Logger logger);

    const gantry_host* host() override { return table_.host(); }
    plugin::Ledger& ledger() override { return ledger_; }
    void started() override { table_.freeze(); }
    void activate() override { table_.activate(); }
    bool silence(std::chrono::steady_clock::time_point deadline) override { return table_.silence(deadline); }
    void stopped() override;

  private:
    void add_route(http::Route route);
    void record(std::string kind, std::string description, std::function<void()> revoke);

    const std::string id_;
    RouteCollection& routes_;
    std::vector<http::Route>& removed_;
    plugin::Ledger ledger_;
    bridge::HostTable table_;
};

}  // namespace host::app
