#include "host/app/plugin_environment.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include <gantry/json.hpp>

#include "host/app/migrations.hpp"
#include "host/app/plugin_side.hpp"
#include "host/bridge/config_service.hpp"
#include "host/config/manifest.hpp"
#include "host/config/view.hpp"

namespace host::app {

namespace {

// describe() gives {"config": <JSON Schema>}; nothing: the plugin takes no settings.
gantry::Json schema_of(const std::string& description) {
    if (description.empty()) return {};
    try {
        const gantry::Json document = gantry::Json::parse(description);
        const gantry::Json* schema = document.find("config");
        return schema != nullptr ? *schema : gantry::Json();
    } catch (const gantry::JsonError& error) {
        throw core::Error(core::Code::Abi, std::string("describe() gave no JSON: ") + error.what());
    }
}

config::Node settings_of(const config::Config& config, const plugin::Verified& plugin, const std::string& description) {
    std::vector<std::string> errors;
    config::Node settings =
        config::validate_plugin_settings(config, plugin.wanted.id, plugin.info.version, schema_of(description), errors);
    if (!errors.empty()) throw config::ConfigErrors(std::move(errors));
    return settings;
}

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
    if (hosting.rooms.database != nullptr) std::filesystem::create_directories(directory);
    return std::make_unique<PluginSide>(
        bridge::HostTable::Plugin{id, directory.string(), plugin.manifest.services,
                                  http_client::Egress(id, plugin.wanted.egress, plugin.wanted.egress_private)},
        hosting.routes, hosting.removed_routes, hosting.rooms, log::Logger(hosting.sink, id));
}

}  // namespace

plugin::Environment plugin_environment(PluginHosting& hosting) {
    return plugin::Environment{
        .offer = bridge::offered_services(),
        .read_manifest = [](std::string_view text, std::string source) { return config::read_manifest(text, source); },
        .host_side = [&hosting](const plugin::Verified& plugin) { return make_side(hosting, plugin); },
        .check_settings =
            [&hosting](const plugin::Verified& plugin, const std::string& description) {
                hosting.descriptions[plugin.wanted.id] = description;
                settings_of(hosting.config, plugin, description);
            },
        .with_settings =
            [&hosting](const plugin::Verified& plugin, const std::string& description,
                       const std::function<void(const gantry_config*)>& use) {
                const config::Node settings = settings_of(hosting.config, plugin, description);
                const bridge::ConfigView view(config::to_json(settings), origins_in(settings));
                use(view.abi());
            },
        .before_start =
            [&hosting](const plugin::Verified& plugin) {
                if (hosting.rooms.database != nullptr)
                    migrate(*hosting.rooms.database, hosting.config, plugin.wanted.id,
                            log::Logger(hosting.sink, plugin.wanted.id));
            },
        .log = log::Logger(hosting.sink, "plugin"),
    };
}

}  // namespace host::app
