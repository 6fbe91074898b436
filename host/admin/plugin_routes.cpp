#include "host/admin/plugin_routes.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "host/admin/answers.hpp"
#include "host/core/error.hpp"

namespace host::admin {

namespace {

// A reload waits for plugins to start.
constexpr std::chrono::milliseconds change_deadline{120'000};
constexpr std::int64_t log_lines_default = 100;
constexpr std::int64_t log_lines_max = 200;

Json array_of(const std::vector<std::string>& lines) {
    Json array = Json::array();
    for (const std::string& line : lines)
        array.push(line);
    return array;
}

// 200 with what serves now, or 422 with every reason why nothing has changed.
void send_change(http::Exchange& exchange, const Change& change) {
    if (change.problems.empty()) {
        return send_json(exchange, Json::object({{"generation", static_cast<std::int64_t>(change.generation)},
                                                 {"restart_needed", array_of(change.restart_needed)}}));
    }
    exchange.fail(http::Problem{.status = 422,
                                .code = "RELOAD_REFUSED",
                                .detail = "nothing has changed: " + change.problems.front(),
                                .details_json = Json::object({{"problems", array_of(change.problems)}}).dump()});
}

http::Route changing(const Declared& declared, std::function<Change(const http::Exchange&)> change) {
    http::Route made = route(
        declared, [change = std::move(change)](const Exchange& exchange) { send_change(*exchange, change(*exchange)); });
    made.description =
        "Answered once the change serves. If a plugin falls ill within `reload_watch`, the former generation serves again and "
        "the change is taken back, so that no later reload or start meets it; `last_reload` at `/api/v1/status` says so.";
    made.deadline = change_deadline;
    return made;
}

Json parsed_line(const std::string& line) {
    try {
        return Json::parse(line);
    } catch (const gantry::JsonError&) {
        return Json(line);  // the log is written as text
    }
}

void send_log(http::Exchange& exchange, const LogSource& log) {
    const auto lines_max = static_cast<std::size_t>(query_number(exchange, "lines", log_lines_default, log_lines_max));
    Json lines = Json::array();
    for (const std::string& line : log.recent(param(exchange, "id"), lines_max))
        lines.push(parsed_line(line));
    send_json(exchange, Json::object({{"items", std::move(lines)}}));
}

void send_metrics(http::Exchange& exchange, const MetricsSource& metrics) {
    http::Head head(200);
    head.add("Content-Type", metrics.content_type);
    head.add("Cache-Control", "no-store");
    exchange.send(std::move(head), http::Bytes(metrics.text_of(param(exchange, "id"))));
}

void set_level(http::Exchange& exchange, const LogSource& log) {
    const Json body = json_body(exchange);
    const Json* level = body.find("level");
    if (level == nullptr || !level->is_string())
        throw core::Error(core::Code::InvalidArgument, "expected {\"level\":\"debug\"}");
    log.set_level(param(exchange, "id"), level->as_string());
    send_json(exchange, body);
}

void add_reading(std::vector<http::Route>& routes, Plugins* plugins) {
    routes.push_back(
        route({"GET", "/api/v1/plugins", "list_plugins", "Every plugin, enabled or found", read_scope},
              [plugins](const Exchange& exchange) { send_json(*exchange, page_of(*exchange, plugins->list())); }));
    routes.push_back(
        route({"GET", "/api/v1/plugins/{id}", "show_plugin", "All that is known of one plugin", read_scope},
              [plugins](const Exchange& exchange) { send_json(*exchange, plugins->details(param(*exchange, "id"))); }));
    routes.push_back(
        route({"GET", "/api/v1/plugins/{id}/config", "show_plugin_config",
               "Its settings and their schema; secrets are masked", read_scope},
              [plugins](const Exchange& exchange) { send_json(*exchange, plugins->config(param(*exchange, "id"))); }));
    routes.push_back(
        route({"GET", "/api/v1/plugins/{id}/health", "show_plugin_health", "Asks the plugin how it is", read_scope},
              [plugins](const Exchange& exchange) { send_json(*exchange, plugins->health(param(*exchange, "id"))); }));
    routes.push_back(
        route({"POST", "/api/v1/plugins/{id}/verify", "verify_plugin",
               "Checks its file as a start would, without running any code of it", read_scope},
              [plugins](const Exchange& exchange) {
                  const auto problems = plugins->verify(param(*exchange, "id"));
                  send_json(*exchange, Json::object({{"ok", problems.empty()}, {"problems", array_of(problems)}}));
              }));
}

void add_changing(std::vector<http::Route>& routes, Plugins* plugins) {
    routes.push_back(
        changing({"POST", "/api/v1/plugins/reload", "reload_plugins",
                  "Puts a new generation of all plugins in place, of configuration and files as they are now", write_scope},
                 [plugins](const http::Exchange&) { return plugins->reload(); }));
    routes.push_back(changing(
        {"POST", "/api/v1/plugins/{id}/reload", "reload_plugin", "The same, for a plugin that must be there", write_scope},
        [plugins](const http::Exchange& exchange) {
            plugins->details(param(exchange, "id"));  // throws NotFound
            return plugins->reload();
        }));
    routes.push_back(
        changing({"POST", "/api/v1/plugins/{id}/enable", "enable_plugin", "Starts it, also after a restart", write_scope},
                 [plugins](const http::Exchange& exchange) { return plugins->set_enabled(param(exchange, "id"), true); }));
    routes.push_back(
        changing({"POST", "/api/v1/plugins/{id}/disable", "disable_plugin", "Ends it, also after a restart", write_scope},
                 [plugins](const http::Exchange& exchange) { return plugins->set_enabled(param(exchange, "id"), false); }));
    routes.push_back(changing({"PUT", "/api/v1/plugins/{id}/config", "replace_plugin_config",
                               "Replaces its settings; a secret that is sent as *** stays as it is", write_scope},
                              [plugins](const http::Exchange& exchange) {
                                  return plugins->set_config(param(exchange, "id"), json_body(exchange));
                              }));
}

}  // namespace

std::vector<http::Route> plugin_routes(Plugins* plugins, LogSource log, MetricsSource metrics) {
    std::vector<http::Route> routes;
    add_reading(routes, plugins);
    add_changing(routes, plugins);
    const auto shared = std::make_shared<const LogSource>(std::move(log));
    routes.push_back(route({"GET", "/api/v1/plugins/{id}/logs", "show_plugin_log",
                            "Its youngest log lines; the host's rooms have theirs too", read_scope},
                           [shared](const Exchange& exchange) { send_log(*exchange, *shared); }));
    routes.push_back(route({"PUT", "/api/v1/plugins/{id}/logs/level", "set_plugin_log_level",
                            "Changes what it logs until the next reload or start", write_scope},
                           [shared](const Exchange& exchange) { set_level(*exchange, *shared); }));
    http::Route counted = route({"GET", "/api/v1/plugins/{id}/metrics", "show_plugin_metrics",
                                 "What it counts itself; its requests are counted at /metrics", read_scope},
                                [plugins, metrics = std::move(metrics)](const Exchange& exchange) {
                                    plugins->details(param(*exchange, "id"));  // throws NotFound
                                    send_metrics(*exchange, metrics);
                                });
    counted.response_status = 200;
    counted.response_type = "text/plain";
    routes.push_back(std::move(counted));
    return routes;
}

}  // namespace host::admin
