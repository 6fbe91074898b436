#include "host/app/health_probes.hpp"

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

http::ProbeResult ask_plugin(const plugin::Manager& plugins, const std::string& id) {
    const auto generation = plugins.current();
    if (!generation) return {http::HealthState::Failed, "the host is stopping"};
    const plugin::Health health = generation->health(id);
    return {state_of(health.level), health.level == plugin::Health::Level::Failed ? "does not run" : health.detail};
}

}  // namespace

std::vector<http::Probe> health_probes(database::Database& database, const kv::Kv& kv, const plugin::Manager& plugins,
                                       const plugin::Settings& settings) {
    std::vector<http::Probe> probes;
    probes.push_back({.name = "database", .required = true, .check = [&database] { return ask_database(database); }});
    if (kv.is_remote()) {
        probes.push_back({.name = "kv", .required = false, .check = [&kv] { return ask_kv(kv); }});
    }
    for (const plugin::Wanted& wanted : settings.wanted) {
        const bool required = wanted.on_failure == plugin::OnFailure::Required;
        probes.push_back({.name = "plugin " + wanted.id,
                          .required = required,
                          .check = [&plugins, id = wanted.id] { return ask_plugin(plugins, id); },
                          .gates_readiness = required});
    }
    return probes;
}

}  // namespace host::app
