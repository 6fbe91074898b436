#include "host/config/plugins.hpp"

#include "host/config/settings.hpp"
#include "host/config/text.hpp"
#include "host/config/validate.hpp"

namespace host::config {

namespace {

constexpr std::size_t id_bytes_max = 31;
constexpr std::string_view host_key = "host";

plugin::Wanted wanted(const Node::Member& plugin, PluginHost host) {
    host.wanted.id = plugin.key;
    host.wanted.origin = plugin.mark.text();
    return std::move(host.wanted);
}

Node own_settings(const Node& plugin) {
    Node::Map members;
    for (const Node::Member& member : plugin.members()) {
        if (member.key != host_key) members.push_back(member);
    }
    return plugin.with(std::move(members));
}

bool takes_settings(const gantry::Json& schema) {
    return !schema.is_null() && schema != gantry::Json::object();
}

}  // namespace

bool is_plugin_id(std::string_view id) {
    if (id.empty() || id.size() > id_bytes_max || id[0] < 'a' || id[0] > 'z') return false;
    if (id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) return false;
    return id != "gantry" && id != "public" && id != host_key && !id.starts_with("pg_");
}

void check_plugin_ids(const Node& root, Problems& problems) {
    const Node* plugins = root.find("plugins");
    if (plugins == nullptr || !plugins->is_map()) return;
    for (const Node::Member& plugin : plugins->members()) {
        if (is_plugin_id(plugin.key)) continue;
        problems.add(
            plugin.mark, join_path("plugins", plugin.key),
            "a plugin's id is a lower case letter and up to 30 of a-z, 0-9 and _, and none of gantry, public, host, pg_*; "
            "found '" +
                shown(plugin.key) + "'");
    }
}

void store_plugins(const Node& root, Config& config) {
    const Node* plugins = root.find("plugins");
    if (plugins == nullptr) return;
    for (const Node::Member& plugin : plugins->members()) {
        PluginHost host;
        const Node own = own_settings(plugin.value);  // throws if it is no map
        if (const Node* of_host = plugin.value.find(host_key)) store_all(plugin_host_settings(), *of_host, host);
        if (!host.enabled) continue;
        config.plugins.wanted.push_back(wanted(plugin, std::move(host)));
        config.plugin_settings.emplace(plugin.key, own);
    }
}

Node validate_plugin_settings(const Config& config, const std::string& id, const std::string& version,
                              const gantry::Json& schema, std::vector<std::string>& errors) {
    const auto found = config.plugin_settings.find(id);
    const Node given = found != config.plugin_settings.end() ? found->second : Node();
    const Where where{"plugins." + id, id + " " + version};
    Problems problems;
    Node completed;
    try {
        const Schema accepted = Schema::parse(takes_settings(schema) ? schema : empty_object_schema());
        if (accepted.type != Schema::Type::Object) throw core::Error(core::Code::InvalidArgument, "expected type object");
        completed = validate(accepted, given, where, problems);
    } catch (const core::Error& error) {
        problems.add(given.mark(), where.path, "the schema of " + where.owner + " is faulty: " + error.what());
    }
    for (std::string& line : problems.lines())
        errors.push_back(std::move(line));
    return completed;
}

}  // namespace host::config
