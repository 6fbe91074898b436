#include <gantry/plugin.hpp>

#include "settings.hpp"

namespace hello {

class Plugin {
  public:
    using Config = Settings;

    Plugin(gantry::Host, const Settings& settings) : settings_(settings) {}

    void routes(gantry::Routes<Plugin>& routes) {
        routes.get("/hello/{name}", &Plugin::greet).operation("greet").summary("Greet somebody").answers(200, "text/plain");
    }

  private:
    // Runs on an event loop, for many requests at once: it only reads what it shares, and never waits.
    gantry::Response greet(const gantry::Request& request) const {
        std::string greeting = settings_.greeting;
        greeting.append(", ").append(request.param("name")).append("!\n");
        return gantry::text(std::move(greeting));
    }

    const Settings settings_;
};

}  // namespace hello

GANTRY_PLUGIN(hello::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
