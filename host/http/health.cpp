#include "host/http/health.hpp"

#include <gantry/json.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/http/exchange.hpp"

namespace host::http {

namespace {

using gantry::Json;

struct Finding {
    const Probe& probe;
    ProbeResult result;
    double latency_ms;
};

std::string name_of(HealthState state) {
    switch (state) {
        case HealthState::Ok:
            return "ok";
        case HealthState::Degraded:
            return "degraded";
        case HealthState::Failed:
            return "failed";
    }
    return "failed";
}

// Only our own errors have texts that are meant to be read by others.
ProbeResult check(const Probe& probe) {
    try {
        return probe.check();
    } catch (const core::Error& error) {
        return {HealthState::Failed, error.what()};
    } catch (const std::exception&) {
        return {HealthState::Failed, "the check failed"};
    }
}

std::vector<Finding> check_all(const std::vector<Probe>& probes) {
    std::vector<Finding> findings;
    for (const Probe& probe : probes) {
        const std::uint64_t begin = core::mono_ns();
        ProbeResult result = check(probe);
        findings.push_back({probe, std::move(result), static_cast<double>(core::mono_ns() - begin) / 1e6});
    }
    return findings;
}

HealthState overall(const std::vector<Finding>& findings) {
    HealthState worst = HealthState::Ok;
    for (const Finding& finding : findings) {
        const HealthState state = finding.result.state;
        worst = std::max(worst, finding.probe.required ? state : std::min(state, HealthState::Degraded));
    }
    return worst;
}

Json short_report(const std::vector<Finding>& findings) {
    Json dependencies = Json::object();
    for (const Finding& finding : findings)
        dependencies.set(finding.probe.name, name_of(finding.result.state));
    return dependencies;
}

Json detailed_report(const std::vector<Finding>& findings) {
    Json dependencies = Json::array();
    for (const Finding& finding : findings) {
        Json one = Json::object({{"name", finding.probe.name},
                                 {"state", name_of(finding.result.state)},
                                 {"required", finding.probe.required},
                                 {"latency_ms", finding.latency_ms}});
        if (!finding.result.detail.empty()) one.set("detail", finding.result.detail);
        dependencies.push(std::move(one));
    }
    return dependencies;
}

void send_json(Exchange& exchange, std::uint16_t status, std::string body) {
    Head head(status);
    head.add_raw("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    exchange.send(std::move(head), Bytes(std::move(body)));
}

std::vector<std::string> unready_reasons(const HealthSources& sources) {
    std::vector<std::string> reasons = sources.unready_reasons();
    for (const Probe& probe : sources.probes) {
        if (probe.gates_readiness && check(probe).state == HealthState::Failed) reasons.push_back(probe.name + " is down");
    }
    return reasons;
}

void send_readiness(Exchange& exchange, const std::vector<std::string>& reasons) {
    if (reasons.empty()) return send_json(exchange, 200, R"({"status":"ready"})");
    Json listed = Json::array();
    for (const std::string& reason : reasons)
        listed.push(reason);
    send_json(exchange, 503, Json::object({{"status", "unready"}, {"reasons", std::move(listed)}}).dump());
}

using Report = Json (*)(const std::vector<Finding>&);

void send_health(Exchange& exchange, const std::vector<Probe>& probes, Report report) {
    const std::vector<Finding> findings = check_all(probes);
    const HealthState state = overall(findings);
    send_json(
        exchange, state == HealthState::Failed ? 503 : 200,
        Json::object(
            {{"status", name_of(state)}, {"timestamp", core::rfc3339(core::wall_us())}, {"dependencies", report(findings)}})
            .dump());
}

constexpr const char* liveness_schema = R"({"$ref":"#/$defs/Liveness","$defs":{"Liveness":{"type":"object",
    "properties":{"status":{"const":"ok"}},"required":["status"]}}})";

constexpr const char* readiness_schema = R"({"$ref":"#/$defs/Readiness","$defs":{"Readiness":{"type":"object",
    "properties":{"status":{"enum":["ready","unready"]},"reasons":{"type":"array","items":{"type":"string"}}},
    "required":["status"]}}})";

constexpr const char* health_schema = R"({"$ref":"#/$defs/Health","$defs":{
    "State":{"enum":["ok","degraded","failed"]},
    "Health":{"type":"object",
        "properties":{"status":{"$ref":"#/$defs/State"},"timestamp":{"type":"string","format":"date-time"},
            "dependencies":{"type":"object","additionalProperties":{"$ref":"#/$defs/State"}}},
        "required":["status","timestamp","dependencies"]}}})";

constexpr const char* detailed_schema = R"({"$ref":"#/$defs/HealthDetails","$defs":{
    "State":{"enum":["ok","degraded","failed"]},
    "Dependency":{"type":"object",
        "properties":{"name":{"type":"string"},"state":{"$ref":"#/$defs/State"},"required":{"type":"boolean"},
            "latency_ms":{"type":"number"},"detail":{"type":"string"}},
        "required":["name","state","required","latency_ms"]},
    "HealthDetails":{"type":"object",
        "properties":{"status":{"$ref":"#/$defs/State"},"timestamp":{"type":"string","format":"date-time"},
            "dependencies":{"type":"array","items":{"$ref":"#/$defs/Dependency"}}},
        "required":["status","timestamp","dependencies"]}}})";

// What is not well says so in the same form as what is.
void answers(Route& route, const char* schema, const char* otherwise) {
    route.response_status = 200;
    route.response_schema = schema;
    if (otherwise != nullptr) route.other_answers.push_back({503, otherwise, schema});
}

Route route(const char* pattern, const char* operation_id, const char* summary) {
    Route route;
    route.method = "GET";
    route.pattern = pattern;
    route.owner = "host";
    route.operation_id = operation_id;
    route.summary = summary;
    return route;
}

}  // namespace

std::vector<Route> health_routes(HealthSources sources) {
    const auto shared = std::make_shared<const HealthSources>(std::move(sources));
    Route alive = route("/healthz", "show_liveness", "Is the process alive? Touches nothing else");
    answers(alive, liveness_schema, nullptr);
    alive.handle = [](const std::shared_ptr<Exchange>& exchange) { send_json(*exchange, 200, R"({"status":"ok"})"); };

    Route ready = route("/readyz", "show_readiness", "May requests be sent here? 503 with the reasons if not");
    answers(ready, readiness_schema, "Not ready, with the reasons");
    ready.blocking = true;
    ready.handle = [shared](const std::shared_ptr<Exchange>& exchange) {
        send_readiness(*exchange, unready_reasons(*shared));
    };

    Route health = route("/health", "show_health", "The state of the host and of each dependency");
    answers(health, health_schema, "Something that is required has failed");
    health.blocking = true;
    health.handle = [shared](const std::shared_ptr<Exchange>& exchange) {
        send_health(*exchange, shared->probes, short_report);
    };

    Route detailed = route("/health/detailed", "show_health_details", "The same with latencies and reasons");
    answers(detailed, detailed_schema, "Something that is required has failed");
    detailed.blocking = true;
    detailed.handle = [shared](const std::shared_ptr<Exchange>& exchange) {
        send_health(*exchange, shared->probes, detailed_report);
    };
    return {std::move(alive), std::move(ready), std::move(health), std::move(detailed)};
}

}  // namespace host::http
