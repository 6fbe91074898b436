#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/http/route.hpp"

// The host's own routes: is it alive, is it ready, and how is what it depends on?
namespace host::http {

enum class HealthState : std::uint8_t { Ok, Degraded, Failed };

struct ProbeResult {
    HealthState state = HealthState::Ok;
    std::string detail;  // for people, and public: "12 of 20 connections in use"; may be empty
};

// One thing the host depends on. check() runs on the blocking pool, also many at once; what it throws counts as Failed.
struct Probe {
    std::string name;
    bool required = true;  // failed, it makes the host failed; otherwise degraded
    std::function<ProbeResult()> check;
    bool gates_readiness = false;  // failed, it makes the host unready
};

struct HealthSources {
    // Why the host is not ready: "starting", "draining"; empty: as far as it knows itself, it is. Any thread, must not
    // block. Probes that gate readiness add theirs: "plugin notes is down".
    std::function<std::vector<std::string>()> unready_reasons;
    std::vector<Probe> probes;
};

// GET /healthz, /readyz, /health and /health/detailed.
std::vector<Route> health_routes(HealthSources sources);

}  // namespace host::http
