#include "host/config/config.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "host/config/environment.hpp"
#include "host/config/overlay.hpp"
#include "host/config/plugins.hpp"
#include "host/config/rate_limits.hpp"
#include "host/config/settings.hpp"
#include "host/config/sources.hpp"
#include "host/config/validate.hpp"
#include "host/config/view.hpp"
#include "host/config/yaml.hpp"

namespace host::config {

namespace {

// What no schema of one value can say.
void check_cors(const Node& root, Problems& problems) {
    const Node* origins = find_path(root, {"http", "cors", "origins"});
    const Node* credentials = find_path(root, {"http", "cors", "credentials"});
    if (origins == nullptr || credentials == nullptr || !origins->is_list()) return;
    const auto any = std::find_if(origins->items().begin(), origins->items().end(),
                                  [](const Node& origin) { return origin.is_text() && origin.as_text() == "*"; });
    if (any == origins->items().end()) return;
    if (origins->items().size() > 1) problems.add(any->mark(), "http.cors.origins", "\"*\" stands alone or not at all");
    if (credentials->is_boolean() && credentials->as_boolean()) {
        problems.add(credentials->mark(), "http.cors.credentials",
                     "not allowed while http.cors.origins is \"*\": name the origins");
    }
}

void check_tls(const Node& root, Problems& problems) {
    const Node* listen = find_path(root, {"http", "listen"});
    const Node* certificates = find_path(root, {"http", "tls", "certificates"});
    const Node* keys = find_path(root, {"http", "tls", "keys"});
    if (listen == nullptr || certificates == nullptr || keys == nullptr) return;
    if (!listen->is_list() || !certificates->is_list() || !keys->is_list()) return;
    const auto wants_tls = [](const Node& address) {
        return address.is_text() && address.as_text().starts_with("https://");
    };
    const auto address = std::find_if(listen->items().begin(), listen->items().end(), wants_tls);
    const std::size_t count = certificates->items().size();
    if (address != listen->items().end() && count == 0)
        problems.add(address->mark(), "http.listen", "an https:// address needs http.tls.certificates");
    if (address == listen->items().end() && count != 0) {
        problems.add(certificates->mark(), "http.tls.certificates",
                     "no address of http.listen begins with https://, so they would serve nobody");
    }
    if (!keys->items().empty() && keys->items().size() != count) {
        problems.add(keys->mark(), "http.tls.keys",
                     "expected a file for each of http.tls.certificates, found " + std::to_string(keys->items().size()) +
                         " for " + std::to_string(count));
    }
}

// False: what is written there is among the errors.
bool store_plugins_alone(const Node& completed, Config& config) {
    try {
        for (const auto& setting : settings()) {
            const Node* node = setting.path == "plugin_directories" ? completed.find(setting.path) : nullptr;
            if (node != nullptr) setting.store(config, *node);
        }
        store_plugins(completed, config);
        return true;
    } catch (const std::bad_variant_access&) {
        return false;
    }
}

std::map<std::string, std::string> values_of(const Node& completed) {
    std::map<std::string, std::string> values;
    for (const auto& setting : settings()) {
        const Node* node = find_path(completed, split_path(setting.path));
        if (node != nullptr) values.emplace(setting.path, to_json(*node).dump());
    }
    return values;
}

Examined build(const Node& sources, const Environment& environment, Problems& problems) {
    const Node written = interpolate(with_overrides(sources, environment, problems), environment, problems);
    static const Schema schema = Schema::parse(host_schema());
    const Node completed = validate(schema, written, Where{}, problems);
    check_plugin_ids(completed, problems);
    check_rate_limit_names(completed, problems);
    check_cors(completed, problems);
    check_tls(completed, problems);

    Examined examined;
    if (!problems.empty()) {
        examined.errors = problems.lines();
        examined.plugins_known = store_plugins_alone(completed, examined.config);
        return examined;
    }
    Config& config = examined.config;
    store_all(settings(), completed, config);
    store_plugins(completed, config);
    config.database.data_directory = config.data_directory;
    config.values = values_of(completed);
    config.secrets.data_directory = config.data_directory;
    examined.plugins_known = true;
    return examined;
}

Config sound(Examined examined) {
    if (!examined.errors.empty()) throw ConfigErrors(std::move(examined.errors));
    return std::move(examined.config);
}

}  // namespace

plugin::Settings Config::packaged_plugins() {
    plugin::Settings plugins;
    plugins.directories = {"/usr/lib/gantry/plugins"};
    return plugins;
}

Examined examine(const std::filesystem::path& file, const Environment& environment) {
    Problems problems;
    const Node sources = read_sources(file, problems);
    Examined examined = build(sources, environment, problems);
    // Only what the files say tells where the overlays are.
    const auto overlays = overlay_directory(examined.config.data_directory);
    if (!examined.errors.empty() || !std::filesystem::is_directory(overlays)) return examined;
    Problems problems_of_all;
    return build(with_overlays(sources, overlays, problems_of_all), environment, problems_of_all);
}

Config load(const std::filesystem::path& file, const Environment& environment) {
    return sound(examine(file, environment));
}

Config parse(std::string_view text, const std::string& file, const Environment& environment) {
    Problems problems;
    const Node source = parse_yaml(text, file, problems);
    return sound(build(source, environment, problems));
}

std::vector<std::string> changed_settings(const Config& before, const Config& after) {
    std::vector<std::string> changed;
    for (const auto& [path, value] : after.values) {
        const auto former = before.values.find(path);
        if (former == before.values.end() || former->second != value) changed.push_back(path);
    }
    for (const auto& [path, value] : before.values)
        if (!after.values.contains(path)) changed.push_back(path);
    return changed;
}

}  // namespace host::config
