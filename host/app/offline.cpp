#include "host/app/offline.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <gantry/json.hpp>

#include "host/app/host_metrics.hpp"
#include "host/app/host_routes.hpp"
#include "host/app/plugin_environment.hpp"
#include "host/config/overlay.hpp"
#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "host/database/connection_url.hpp"
#include "host/http/tls_context.hpp"
#include "host/kv/redis_address.hpp"
#include "host/limits/caller.hpp"
#include "host/limits/limits.hpp"
#include "host/openapi/published_document.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

namespace {

// Plugins without a host around them.
struct Offline {
    explicit Offline(const config::Config& config)
        : hosting(std::make_shared<PluginHosting>(config, log::open_stderr(quiet(config.log)), bridge::Rooms{})),
          manager(plan_for(hosting)) {
        core::set_thread_kind(core::ThreadKind::Control);
    }
    // A command's output is its answer: only warnings are logged beside it.
    static log::Settings quiet(log::Settings settings) {
        settings.level = std::max(settings.level, log::Level::Warn);
        settings.levels.clear();
        settings.format = log::Format::Text;
        return settings;
    }

    const std::shared_ptr<PluginHosting> hosting;
    plugin::Manager manager;
};

PluginStatus line_of(const plugin::Status& status) {
    // Verified is what a check ends with; for the reader the plugin is simply enabled.
    const std::string state = !status.enabled ? "available" : status.problem.empty() ? "enabled" : "failed";
    return {status.id, status.version, state, status.summary, status.file.string(), status.problem};
}

std::string access_of(const http::Route& route) {
    if (route.access == http::Access::Public) return "public";
    if (route.access == http::Access::Authenticated) return "authenticated";
    std::string scopes;
    for (const std::string& scope : route.scopes)
        scopes += (scopes.empty() ? "" : " ") + scope;
    return scopes;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

// What a room finds wrong with a value of its section when it starts: no schema can say all of it.
void add_problem(std::vector<std::string>& problems, const char* path, const std::function<void()>& read) {
    try {
        read();
    } catch (const core::Error& error) {
        problems.push_back(std::string(path) + ": " + error.what());
    }
}

std::vector<std::string> problems_of_values(const config::Config& config) {
    std::vector<std::string> problems;
    if (!config.database.url.empty())
        add_problem(problems, "database.url", [&] { database::parse_url(config.database.url); });
    if (config.kv.store == kv::StoreKind::Redis)
        add_problem(problems, "kv.redis_url", [&] { kv::parse_redis_url(config.kv.redis_url); });
    add_problem(problems, "rate_limits.trusted_proxies",
                [&] { limits::TrustedProxies(config.rate_limits.trusted_proxies); });
    return problems;
}

}  // namespace

void check_values(const config::Config& config) {
    std::vector<std::string> problems = problems_of_values(config);
    if (!problems.empty()) throw config::ConfigErrors(std::move(problems));
}

std::vector<PluginStatus> check(const config::Examined& examined) {
    const Offline offline(examined.config);
    std::vector<std::string> problems = examined.errors;
    const http::Tls& tls = examined.config.http.tls;
    if (const auto problem = tls.certificates.empty() ? std::nullopt : http::problem_with(tls))
        problems.push_back("http.tls: " + *problem);
    if (examined.errors.empty()) {
        for (std::string& problem : problems_of_values(examined.config))
            problems.push_back(std::move(problem));
    }
    if (examined.plugins_known) {
        for (std::string& problem : offline.manager.check())
            problems.push_back(std::move(problem));
    }
    if (!problems.empty()) throw config::ConfigErrors(std::move(problems));
    std::vector<PluginStatus> plugins;
    for (const plugin::Status& status : offline.manager.list()) {
        if (status.enabled) plugins.push_back(line_of(status));
    }
    return plugins;
}

std::vector<RouteStatus> routes(const config::Config& config) {
    Offline offline(config);
    offline.manager.start();
    std::vector<RouteStatus> found;
    const auto table = offline.hosting->routes.freeze(nullptr);
    for (const http::Route& route : table->routes()) {
        found.push_back({route.method, route.pattern, route.owner, access_of(route), route.summary});
    }
    offline.manager.stop();
    return found;
}

std::string openapi_document(const config::Config& config) {
    Offline offline(config);
    offline.manager.start();
    core::ThreadPool nobody("offline", {1, 1});  // nothing is served here
    const metrics::Registry nothing_counted(config.metrics);
    openapi::PublishedDocument document;
    offline.hosting->routes.add(metrics_route(nothing_counted, config.metrics.token));
    for (http::Route& route : host_routes({.pool = nobody}, config.openapi))
        add_unless_taken(offline.hosting->routes, std::move(route));
    offline.hosting->routes.add(document.route());
    limits::Limits limits(nullptr, log::Logger(offline.hosting->sink, "limits"));
    const auto with_limit = [&](http::Route& route) { route.limit = limits.limit_for(route, config.rate_limits); };
    document.render(*offline.hosting->routes.freeze(nullptr, with_limit), describe(config, offline.manager.list()));
    offline.manager.stop();
    return document.json();
}

std::vector<PluginStatus> list_plugins(const config::Config& config) {
    const Offline offline(config);
    std::vector<PluginStatus> plugins;
    for (const plugin::Status& status : offline.manager.list())
        plugins.push_back(line_of(status));
    return plugins;
}

PluginDetails plugin_details(const config::Config& config, const std::string& id) {
    const Offline offline(config);
    const std::vector<plugin::Status> all = offline.manager.list();
    const auto found = std::find_if(all.begin(), all.end(), [&](const plugin::Status& status) { return status.id == id; });
    if (found == all.end())
        throw core::Error(core::Code::NotFound, "there is no plugin " + id + " in the plugin directories");
    const PluginStatus line = line_of(*found);
    PluginDetails details;
    details.facts = {{"id", line.id},
                     {"version", line.version},
                     {"state", line.state},
                     {"summary", line.summary},
                     {"file", line.file},
                     {"sha256", found->sha256},
                     {"requires", joined(found->requires_plugins)},
                     {"services", joined(found->services)}};
    if (!line.problem.empty()) details.facts.emplace_back("problem", line.problem);
    // Only code can tell the schema, so only an enabled plugin, whose code may run, has one to show.
    offline.manager.check();
    const auto description = offline.hosting->descriptions.find(id);
    if (description != offline.hosting->descriptions.end() && !description->second.empty()) {
        const gantry::Json document = gantry::Json::parse(description->second);
        if (const gantry::Json* schema = document.find("config")) details.settings_schema = schema->dump_pretty();
    }
    return details;
}

void remember_enabled(const config::Config& config, const std::string& id, bool enabled) {
    const Offline offline(config);
    const auto all = offline.manager.list();
    if (std::ranges::find(all, id, &plugin::Status::id) == all.end())
        throw core::Error(core::Code::NotFound, "there is no plugin " + id + " in the plugin directories");
    const auto directory = config::overlay_directory(config.data_directory);
    config::PluginOverlay overlay = config::read_overlay(directory, id);
    overlay.enabled = enabled;
    config::write_overlay(directory, id, overlay);
}

}  // namespace host::app
