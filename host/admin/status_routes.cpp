#include "host/admin/status_routes.hpp"

#include <memory>
#include <utility>

#include "host/admin/answers.hpp"
#include "host/core/clock.hpp"
#include "host/core/version.hpp"

namespace host::admin {

namespace {

Json links() {
    return Json::object({{"health", "/health"},
                         {"openapi", "/openapi.json"},
                         {"docs", "/docs"},
                         {"metrics", "/metrics"},
                         {"status", "/api/v1/status"},
                         {"plugins", "/api/v1/plugins"},
                         {"jobs", "/api/v1/jobs"},
                         {"schedules", "/api/v1/schedules"},
                         {"events", "/api/v1/events"},
                         {"batch", "/api/v1/batch"}});
}

Json card() {
    return Json::object({{"name", "gantry"}, {"version", std::string(core::version())}, {"links", links()}});
}

}  // namespace

std::vector<http::Route> status_routes(std::function<Json()> more) {
    std::vector<http::Route> routes;
    http::Route root = route({"GET", "/", "show_root", "What this is, and where to go on"},
                             [](const Exchange& exchange) { send_json(*exchange, card()); });
    root.blocking = false;
    routes.push_back(std::move(root));
    routes.push_back(route({"GET", "/api/v1/status", "show_status", "Version, time, and the generation that serves"},
                           [more = std::move(more)](const Exchange& exchange) {
                               Json status = more();
                               status.set("api_version", "v1");
                               status.set("version", std::string(core::version()));
                               status.set("timestamp", core::rfc3339(core::wall_us()));
                               status.set("endpoints", links());
                               send_json(*exchange, status);
                           }));
    return routes;
}

}  // namespace host::admin
