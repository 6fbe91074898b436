#include "host/app/host_metrics.hpp"

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"
#include "host/http/exchange.hpp"
#include "host/http/single_field.hpp"
#include "host/metrics/exposition.hpp"

namespace host::app {

namespace {

using metrics::Kind;
using metrics::Registry;
using Samples = std::vector<Registry::Sample>;

// A metric without labels.
template <typename Read>
void define_single(Registry& registry, Kind kind, const char* name, const char* help, Read read) {
    registry.define_sampled({.kind = kind, .name = name, .help = help}, [read] {
        return Samples{{{}, static_cast<double>(read())}};
    });
}

// None while the host stops: then nobody may ask the plugins any more.
std::vector<plugin::Status> statuses(const plugin::Manager& plugins) {
    const auto generation = plugins.current();
    return generation != nullptr ? generation->list() : std::vector<plugin::Status>();
}

bool bears(const http::Request& request, const std::string& token) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view sent = http::single_field(request, "Authorization");
    // Hashes are compared, so that the time it takes tells nothing of the token.
    const bool is_bearer = http::equal_names(sent.substr(0, scheme.size()), scheme);
    return is_bearer && core::sha256_hex(sent.substr(scheme.size())) == core::sha256_hex(token);
}

void answer(http::Exchange& exchange, const Registry& registry) {
    http::Head head(200);
    head.add("Content-Type", metrics::text_format);
    head.add("Cache-Control", "no-store");
    exchange.send(std::move(head), http::Bytes(registry.text()));
}

}  // namespace

void define_server_metrics(Registry& registry, const http::Server& server) {
    define_single(registry, Kind::Gauge, "gantry_http_requests_in_flight", "Requests and streams that are open",
                  [&server] { return server.counters().requests_open; });
    define_single(registry, Kind::Gauge, "gantry_http_connections", "Connections that are open",
                  [&server] { return server.counters().connections; });
}

void define_plugin_metrics(Registry& registry, const plugin::Manager& plugins) {
    registry.define_sampled(
        {.kind = Kind::Gauge, .name = "gantry_plugin_up", .help = "1 if the plugin serves, else 0", .labels = {"plugin"}},
        [&plugins] {
            Samples samples;
            for (const plugin::Status& status : statuses(plugins))
                samples.push_back({{status.id}, status.state == plugin::State::Serving ? 1.0 : 0.0});
            return samples;
        });
    registry.define_sampled({.kind = Kind::Gauge,
                             .name = "gantry_plugin_state",
                             .help = "1 for the state that the plugin is in",
                             .labels = {"plugin", "state"}},
                            [&plugins] {
                                Samples samples;
                                for (const plugin::Status& status : statuses(plugins))
                                    samples.push_back({{status.id, std::string(plugin::name_of(status.state))}, 1});
                                return samples;
                            });
}

http::Route metrics_route(const Registry& registry, const std::string& token) {
    http::Route route;
    route.method = "GET";
    route.pattern = "/metrics";
    route.owner = "host";
    route.operation_id = "show_metrics";
    route.summary = "Every metric in Prometheus's text format";
    route.blocking = true;
    route.handle = [&registry, token](const std::shared_ptr<http::Exchange>& exchange) {
        if (!token.empty() && !bears(exchange->request(), token)) {
            throw core::Error(core::Code::Unauthenticated, "the metrics are for who bears the token metrics.token");
        }
        answer(*exchange, registry);
    };
    return route;
}

}  // namespace host::app
