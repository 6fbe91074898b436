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
    return sent.starts_with(scheme) && core::sha256_hex(sent.substr(scheme.size())) == core::sha256_hex(token);
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

void define_database_metrics(Registry& registry, const database::Database& database) {
    define_single(registry, Kind::Gauge, "gantry_database_connections", "Connections to the database",
                  [&database] { return database.counts().connections; });
    define_single(registry, Kind::Gauge, "gantry_database_connections_in_use",
                  "Connections that run a statement or hold a transaction",
                  [&database] { return database.counts().connections_in_use; });
    define_single(registry, Kind::Gauge, "gantry_database_operations_waiting", "Operations that wait for a connection",
                  [&database] { return database.counts().waiting; });
    define_single(registry, Kind::Counter, "gantry_database_operations_total", "Operations that have ended",
                  [&database] { return database.counts().completed; });
    define_single(registry, Kind::Counter, "gantry_database_query_errors_total", "Operations that have ended with an error",
                  [&database] { return database.counts().failed; });
}

void define_kv_metrics(Registry& registry, const kv::Kv& kv) {
    define_single(registry, Kind::Gauge, "gantry_kv_up", "1 if the key-value store answers, else 0",
                  [&kv] { return kv.counts().available ? 1 : 0; });
    define_single(registry, Kind::Counter, "gantry_kv_operations_total", "Operations on the key-value store that have ended",
                  [&kv] { return kv.counts().operations; });
    define_single(registry, Kind::Counter, "gantry_kv_misses_total", "Reads that found nothing",
                  [&kv] { return kv.counts().misses; });
    define_single(registry, Kind::Counter, "gantry_kv_failures_total", "Operations that could not be carried out",
                  [&kv] { return kv.counts().failures; });
    define_single(registry, Kind::Gauge, "gantry_kv_operations_waiting", "Operations that wait for an answer",
                  [&kv] { return kv.counts().waiting; });
    define_single(registry, Kind::Gauge, "gantry_kv_entries", "Entries in memory", [&kv] { return kv.counts().entries; });
    define_single(registry, Kind::Gauge, "gantry_kv_bytes", "Bytes in memory, overhead included",
                  [&kv] { return kv.counts().bytes; });
    define_single(registry, Kind::Counter, "gantry_kv_evicted_total", "Entries that went before their time for want of room",
                  [&kv] { return kv.counts().evicted; });
}

void define_limit_metrics(Registry& registry, const limits::Limits& limits) {
    registry.define_sampled({.kind = Kind::Counter,
                             .name = "gantry_rate_limit_requests_total",
                             .help = "Requests that a rule of rate_limits concerned: within, exceeded (429), and while the "
                                     "store was away uncounted (passed) or unknown (503)",
                             .labels = {"rule", "outcome"}},
                            [&limits] {
                                Samples samples;
                                for (const limits::RuleCounts& counts : limits.counts()) {
                                    samples.push_back({{counts.rule, "within"}, double(counts.within)});
                                    samples.push_back({{counts.rule, "exceeded"}, double(counts.exceeded)});
                                    samples.push_back({{counts.rule, "uncounted"}, double(counts.uncounted)});
                                    samples.push_back({{counts.rule, "unknown"}, double(counts.unknown)});
                                }
                                return samples;
                            });
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
