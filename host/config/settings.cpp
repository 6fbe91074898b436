#include "host/config/settings.hpp"

#include "host/config/settings_sections.hpp"

namespace host::config {

namespace {

using gantry::Json;

Json plugins_schema() {
    Json plugin = Json::object(
        {{"type", "object"}, {"description", "Settings of one plugin, beside them what the host does with it"}});
    plugin.set("additionalProperties", true);
    plugin.set("properties", Json::object({{"host", object_schema(plugin_host_settings())}}));
    return Json::object({{"type", "object"},
                         {"description", "A plugin named here is enabled"},
                         {"additionalProperties", std::move(plugin)}});
}

}  // namespace

template <>
const std::vector<std::string> words_of<plugin::OnFailure>{"required", "optional", "closed"};

const Settings& settings() {
    static const Settings all = [] {
        Settings made;
        add_general_settings(made);
        add_http_settings(made);
        add_openapi_settings(made);
        add_database_settings(made);
        add_identity_settings(made);
        add_kv_settings(made);
        add_rate_limits_settings(made);
        add_http_client_settings(made);
        add_secrets_settings(made);
        add_events_settings(made);
        add_jobs_settings(made);
        add_services_settings(made);
        add_log_settings(made);
        add_metrics_settings(made);
        return made;
    }();
    return all;
}

const std::vector<Setting<PluginHost>>& plugin_host_settings() {
    static const std::vector<Setting<PluginHost>> all = [] {
        std::vector<Setting<PluginHost>> made;
        Section<PluginHost, PluginHost> own(made, "", [](PluginHost& host) -> PluginHost& { return host; });
        Section<PluginHost, plugin::Wanted> wanted(made, "",
                                                   [](PluginHost& host) -> plugin::Wanted& { return host.wanted; });
        own.add("enabled", &PluginHost::enabled, "Whether the plugin is loaded at all");
        wanted.add(
            "on_failure", &plugin::Wanted::on_failure,
            "If it cannot start: required stops the host, optional goes on without it, closed answers 503 on its routes");
        wanted.add("sha256", &plugin::Wanted::sha256, "The file must have this hash; empty is any",
                   {{"pattern", "^([0-9a-f]{64})?$"}});
        wanted.add("version", &plugin::Wanted::version,
                   "This version and no other; empty is the highest that fits this host");
        wanted.add("file", &plugin::Wanted::file, "The library; without it it is looked for in plugin_directories");
        const Json rules = Json::object({{"type", "string"}, {"format", "egress"}});
        wanted.add("egress", &plugin::Wanted::egress,
                   "Where it may call over HTTP: host, host:port, *.domain; a public address must be behind it",
                   {{"items", rules}});
        wanted.add("egress_private", &plugin::Wanted::egress_private,
                   "Likewise, for what may also be at an address of this machine or its networks", {{"items", rules}});
        return made;
    }();
    return all;
}

const Json& host_schema() {
    static const Json schema = [] {
        Json made = object_schema(settings());
        put_property(made, "plugins", plugins_schema());
        return made;
    }();
    return schema;
}

}  // namespace host::config
