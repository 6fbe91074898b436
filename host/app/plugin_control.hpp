#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/admin/plugin_routes.hpp"
#include "host/app/plugin_health.hpp"
#include "host/app/reloader.hpp"
#include "host/config/overlay.hpp"
#include "host/core/locked.hpp"
#include "host/http/pipeline.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// What the host's API does with plugins. A change is written down, then the plugins are reloaded; if they refuse, or if the
// former generation takes over again while the new one is watched, what was written is taken back. One at a time: whoever
// comes meanwhile is refused, so that nobody holds more than one thread that waits for reloads.
class PluginControl : public admin::Plugins {
  public:
    PluginControl(plugin::Manager& plugins, PluginHealth& health, http::Pipeline& pipeline, Reloader& reloader)
        : plugins_(plugins), health_(health), pipeline_(pipeline), reloader_(reloader) {}

    std::vector<gantry::Json> list() override;
    gantry::Json details(const std::string& id) override;
    gantry::Json config(const std::string& id) override;
    gantry::Json health(const std::string& id) override;
    std::vector<std::string> verify(const std::string& id) override;
    admin::Change reload() override;
    admin::Change set_enabled(const std::string& id, bool enabled) override;
    admin::Change set_config(const std::string& id, const gantry::Json& settings) override;

  private:
    class Turn;

    plugin::Status status_of(const std::string& id) const;
    std::size_t endpoints_of(const std::string& id) const;
    admin::Change reload_now(Reloader::Edit edit = {});
    admin::Change change(const std::string& id, const std::function<void(config::PluginOverlay&)>& edit);

    plugin::Manager& plugins_;
    PluginHealth& health_;
    http::Pipeline& pipeline_;
    Reloader& reloader_;
    core::Locked<std::string> under_way_;  // what is being written, tried and perhaps taken back; empty: nothing
};

}  // namespace host::app
