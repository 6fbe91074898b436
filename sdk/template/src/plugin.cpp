#include <gantry/plugin.hpp>

#include "settings.hpp"

namespace starter {

class Plugin {
  public:
    using Config = Settings;

    Plugin(gantry::Host, const Settings& settings) : settings_(settings) {}

    void routes(gantry::Routes<Plugin>& routes) {
        routes.get("/starter/{name}", &Plugin::show).operation("show").summary("Tell how somebody is");
    }

  private:
    // Runs on an event loop, for many requests at once: it only reads what it shares, and never waits.
    gantry::Response show(const gantry::Request& request) const {
        return gantry::text(std::string(request.param("name")) + " " + settings_.answer + "\n");
    }

    const Settings settings_;
};

}  // namespace starter

GANTRY_PLUGIN(starter::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
