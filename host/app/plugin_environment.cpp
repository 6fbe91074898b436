#include "host/app/plugin_environment.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include "host/app/make_directory.hpp"
#include "host/app/migrations.hpp"
#include "host/app/plugin_settings.hpp"
#include "host/app/plugin_side.hpp"
#include "host/bridge/config_service.hpp"
#include "host/config/manifest.hpp"
#include "host/config/view.hpp"

namespace host::app {

namespace {

bridge::ConfigView::Origins origins_in(const config::Node& settings) {
    return [&settings](std::string_view pointer) -> std::optional<bridge::Origin> {
        const config::Node* node = config::find_pointer(settings, pointer);
        if (node == nullptr || !node->mark().in_file()) return std::nullopt;
        return bridge::Origin{*node->mark().file, node->mark().line, node->mark().column};
    };
}

std::unique_ptr<plugin::HostSide> make_side(PluginHosting& hosting, const plugin::Verified& plugin) {
    const std::string& id = plugin.wanted.id;
    const std::filesystem::path directory = hosting.config.data_directory / "plugins" / id;
    // Offline nothing is written.
    if (hosting.rooms.database != nullptr) make_directory(directory, "the plugin's data directory");
    return std::make_unique<PluginSide>(
        bridge::HostTable::Plugin{id, directory.string(), plugin.manifest.services,
                                  http_client::Egress(id, plugin.wanted.egress, plugin.wanted.egress_private)},
        hosting.routes, hosting.removed_routes, hosting.claims, hosting.rooms, log::Logger(hosting.sink, id));
}

}  // namespace

plugin::Plan plan_for(std::shared_ptr<PluginHosting> hosting) {
    plugin::Environment environment{
        .offer = bridge::offered_services(),
        .read_manifest = [](std::string_view text, std::string source) { return config::read_manifest(text, source); },
        .host_side = [hosting](const plugin::Verified& plugin) { return make_side(*hosting, plugin); },
        .check_settings =
            [hosting](const plugin::Verified& plugin, const std::string& description) {
                hosting->descriptions[plugin.wanted.id] = description;
                settings_of(hosting->config, plugin.wanted.id, plugin.info.version, description);
            },
        .with_settings =
            [hosting](const plugin::Verified& plugin, const std::string& description,
                      const std::function<void(const gantry_config*)>& use) {
                const config::Node settings =
                    settings_of(hosting->config, plugin.wanted.id, plugin.info.version, description);
                const bridge::ConfigView view(config::to_json(settings), origins_in(settings));
                use(view.abi());
            },
        .before_start =
            [hosting](const plugin::Verified& plugin) {
                if (hosting->rooms.database != nullptr)
                    migrate(*hosting->rooms.database, hosting->config, plugin.wanted.id,
                            log::Logger(hosting->sink, plugin.wanted.id));
            },
        .log = log::Logger(hosting->sink, "plugin"),
    };
    return {hosting->config.plugins, std::make_shared<const plugin::Environment>(std::move(environment))};
}

}  // namespace host::app
