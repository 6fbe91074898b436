#include "host/app/room_metrics.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace host::app {

namespace {

using metrics::Kind;
using metrics::Registry;
using services::Account;
using Samples = std::vector<Registry::Sample>;

// A metric without labels, and where it stands in what the room counts.
template <typename Counts>
struct Row {
    Kind kind;
    const char* name;
    const char* help;
    std::uint64_t Counts::*member;
};

template <typename Room>
using CountsOf = decltype(std::declval<const Room&>().counts());

template <typename Room>
void define(Registry& registry, const Room& room, std::initializer_list<Row<CountsOf<Room>>> rows) {
    for (const auto& row : rows) {
        registry.define_sampled({.kind = row.kind, .name = row.name, .help = row.help}, [&room, member = row.member] {
            return Samples{{{}, static_cast<double>(room.counts().*member)}};
        });
    }
}

}  // namespace

void define_database_metrics(Registry& registry, const database::Database& database) {
    using Counts = database::Counts;
    define(registry, database,
           {{Kind::Gauge, "gantry_database_connections", "Connections to the database", &Counts::connections},
            {Kind::Gauge, "gantry_database_connections_in_use", "Connections that run a statement or hold a transaction",
             &Counts::connections_in_use},
            {Kind::Gauge, "gantry_database_operations_waiting", "Operations that wait for a connection", &Counts::waiting},
            {Kind::Counter, "gantry_database_operations_total", "Operations that have ended", &Counts::completed},
            {Kind::Counter, "gantry_database_query_errors_total", "Operations that have ended with an error",
             &Counts::failed}});
}

void define_kv_metrics(Registry& registry, const kv::Kv& kv) {
    using Counts = kv::Counts;
    registry.define_sampled(
        {.kind = Kind::Gauge, .name = "gantry_kv_up", .help = "1 if the key-value store answers, else 0"}, [&kv] {
            return Samples{{{}, kv.counts().available ? 1.0 : 0.0}};
        });
    define(registry, kv,
           {{Kind::Counter, "gantry_kv_operations_total", "Operations on the key-value store that have ended",
             &Counts::operations},
            {Kind::Counter, "gantry_kv_misses_total", "Reads that found nothing", &Counts::misses},
            {Kind::Counter, "gantry_kv_failures_total", "Operations that could not be carried out", &Counts::failures},
            {Kind::Gauge, "gantry_kv_operations_waiting", "Operations that wait for an answer", &Counts::waiting},
            {Kind::Gauge, "gantry_kv_entries", "Entries in memory", &Counts::entries},
            {Kind::Gauge, "gantry_kv_bytes", "Bytes in memory, overhead included", &Counts::bytes},
            {Kind::Counter, "gantry_kv_evicted_total", "Entries that went before their time for want of room",
             &Counts::evicted}});
}

void define_job_metrics(Registry& registry, const jobs::Jobs& jobs) {
    using Counts = jobs::Counts;
    define(registry, jobs,
           {{Kind::Counter, "gantry_jobs_submitted_total", "Jobs that this host has taken", &Counts::submitted},
            {Kind::Counter, "gantry_jobs_done_total", "Jobs that this host has done", &Counts::done},
            {Kind::Counter, "gantry_jobs_failed_total", "Attempts at jobs that failed", &Counts::failed},
            {Kind::Counter, "gantry_jobs_dead_total", "Jobs that failed for the last time", &Counts::dead},
            {Kind::Counter, "gantry_jobs_interrupted_total", "Attempts that a dead host had begun", &Counts::interrupted},
            {Kind::Gauge, "gantry_jobs_running", "Jobs that run in this host", &Counts::running}});
}

void define_event_metrics(Registry& registry, const events::Events& events) {
    using Counts = events::Counts;
    define(
        registry, events,
        {{Kind::Counter, "gantry_events_published_total", "Durable events that this host has written", &Counts::published},
         {Kind::Counter, "gantry_events_published_local_total", "Events for this host alone", &Counts::published_local},
         {Kind::Counter, "gantry_events_delivered_total", "Deliveries to durable subscribers", &Counts::delivered},
         {Kind::Counter, "gantry_events_delivered_local_total", "Deliveries to other subscribers", &Counts::delivered_local},
         {Kind::Counter, "gantry_events_failed_total", "Deliveries that a subscriber refused", &Counts::failed},
         {Kind::Counter, "gantry_events_dead_total", "Events that a subscriber refused too often", &Counts::dead},
         {Kind::Counter, "gantry_events_dropped_total", "Events that a subscriber was too slow for", &Counts::dropped}});
}

void define_http_client_metrics(Registry& registry, const http_client::Client& client) {
    using Counts = http_client::Counts;
    define(registry, client,
           {{Kind::Counter, "gantry_http_client_calls_total", "Outbound calls that were begun", &Counts::accepted},
            {Kind::Counter, "gantry_http_client_refused_total", "Outbound calls that the egress rules refused",
             &Counts::refused},
            {Kind::Counter, "gantry_http_client_failed_total", "Outbound calls without an answer", &Counts::failed},
            {Kind::Counter, "gantry_http_client_retries_total", "Outbound calls that were made again", &Counts::retries},
            {Kind::Counter, "gantry_http_client_connections_total", "Connections to other servers", &Counts::connections},
            {Kind::Counter, "gantry_http_client_received_bytes_total", "Bytes of other servers' answers",
             &Counts::received_bytes},
            {Kind::Gauge, "gantry_http_client_calls_in_flight", "Outbound calls that are under way", &Counts::active}});
}

void define_secret_metrics(Registry& registry, const secrets::Secrets& secrets) {
    using Counts = secrets::Counts;
    define(
        registry, secrets,
        {{Kind::Counter, "gantry_secrets_reads_total", "Secrets that were asked for", &Counts::reads},
         {Kind::Counter, "gantry_secrets_failures_total", "Secrets that could not be read or written", &Counts::failures}});
}

void define_websocket_metrics(Registry& registry, const http::WebSocketHub& websockets) {
    using Counts = http::WebSocketHub::Counts;
    define(registry, websockets,
           {{Kind::Gauge, "gantry_websocket_open", "WebSockets that are open", &Counts::open},
            {Kind::Counter, "gantry_websocket_accepted_total", "WebSockets that were accepted", &Counts::accepted},
            {Kind::Counter, "gantry_websocket_refused_total", "WebSockets refused above the limit", &Counts::refused}});
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

void define_services_metrics(Registry& registry, const services::Services& services) {
    const auto define = [&](Kind kind, const char* name, const char* help, double (*read)(const Account&)) {
        registry.define_sampled(
            {.kind = kind, .name = name, .help = help, .labels = {"caller", "service", "method"}}, [&services, read] {
                Samples samples;
                for (const Account& account : services.accounts())
                    samples.push_back({{account.caller, account.service, account.method}, read(account)});
                return samples;
            });
    };
    define(Kind::Counter, "gantry_service_calls_total", "Calls from plugin to plugin that have ended",
           [](const Account& account) { return static_cast<double>(account.calls); });
    define(Kind::Counter, "gantry_service_call_errors_total", "Calls from plugin to plugin that have ended with an error",
           [](const Account& account) { return static_cast<double>(account.errors); });
    define(Kind::Counter, "gantry_service_call_seconds_total", "How long the calls from plugin to plugin took together",
           [](const Account& account) { return std::chrono::duration<double>(account.time).count(); });
    define(Kind::Gauge, "gantry_service_calls_in_flight", "Calls from plugin to plugin that are open",
           [](const Account& account) { return static_cast<double>(account.in_flight); });
}

}  // namespace host::app
