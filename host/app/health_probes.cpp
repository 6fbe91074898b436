#include "host/app/health_probes.hpp"

#include <chrono>

#include "host/http/certificate_end.hpp"

namespace host::app {

namespace {

http::HealthState state_of(plugin::Health::Level level) {
    switch (level) {
        case plugin::Health::Level::Ok:
            return http::HealthState::Ok;
        case plugin::Health::Level::Degraded:
            return http::HealthState::Degraded;
        case plugin::Health::Level::Failed:
            break;
    }
    return http::HealthState::Failed;
}

http::ProbeResult ask_database(database::Database& database) {
    constexpr std::chrono::milliseconds wait_max{2'000};
    const database::Health health = database.ping(wait_max);
    // The detail may name hosts and users: it is for the log, not for whoever asks.
    return {health.ok ? http::HealthState::Ok : http::HealthState::Failed, health.ok ? "" : "does not answer"};
}

// Not required: what needs the store answers 503 by itself, everything else goes on.
http::ProbeResult ask_kv(const kv::Kv& kv) {
    const bool available = kv.counts().available;
    return {available ? http::HealthState::Ok : http::HealthState::Failed, available ? "" : "does not answer"};
}

// Whoever connects may ask: why a plugin has failed is for the log, not for everybody.
http::ProbeResult ask_plugin(PluginHealth& plugins, const std::string& id) {
    const plugin::Health health = plugins.of(id);
    return {state_of(health.level), health.level == plugin::Health::Level::Failed ? "does not run" : health.detail};
}

// Whoever connects sees its end anyway: nothing here is a secret.
http::ProbeResult ask_certificates(const http::Server& server) {
    const auto now = std::chrono::system_clock::now();
    const auto ending = http::ending_certificates(server.certificates(), now);
    if (ending.empty()) return {};
    return {ending.front().is_past(now) ? http::HealthState::Failed : http::HealthState::Degraded, ending.front().text(now)};
}

}  // namespace

std::vector<http::Probe> health_probes(const ProbedParts& parts, const config::Config& config) {
    std::vector<http::Probe> probes;
    database::Database& database = parts.database;
    probes.push_back({.name = "database", .required = true, .check = [&database] { return ask_database(database); }});
    if (parts.kv.is_remote()) {
        probes.push_back({.name = "kv", .required = false, .check = [&kv = parts.kv] { return ask_kv(kv); }});
    }
    PluginHealth& plugins = parts.plugins;
    for (const plugin::Wanted& wanted : config.plugins.wanted) {
        const bool required = wanted.on_failure == plugin::OnFailure::Required;
        probes.push_back({.name = "plugin " + wanted.id,
                          .required = required,
                          .check = [&plugins, id = wanted.id] { return ask_plugin(plugins, id); },
                          .gates_readiness = required});
    }
    if (!config.http.tls.certificates.empty())
        probes.push_back({.name = "certificates", .required = false, .check = [&server = parts.server] {
                              return ask_certificates(server);
                          }});
    return probes;
}

}  // namespace host::app
