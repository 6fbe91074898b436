#include "host/http/health.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include <gantry/json.hpp>

#include "host/core/error.hpp"
#include "tests/host/http/served.hpp"

namespace host::http {
namespace {

using gantry::Json;
using support::HttpAnswer;

Probe probe(std::string name, bool required, ProbeResult result) {
    return {std::move(name), required, [result] { return result; }};
}

HealthSources ready_with(std::vector<Probe> probes) {
    return {[] { return std::vector<std::string>(); }, std::move(probes)};
}

Probe ok() {
    return probe("database", true, {});
}

TEST(Health, IsAliveWithoutAskingAnybody) {
    std::atomic<int> asked{0};
    Served served(health_routes({[&] {
                                     ++asked;
                                     return std::vector<std::string>{"draining"};
                                 },
                                 {{"database", true, [&]() -> ProbeResult {
                                       ++asked;
                                       throw std::runtime_error("down");
                                   }}}}));
    const HttpAnswer answer = served.client().get("/healthz");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"status":"ok"})");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(served.client().request("HEAD", "/healthz").status, 200);
    EXPECT_EQ(asked, 0);
}

TEST(Health, IsReadyUnlessThereAreReasonsNotToBe) {
    std::vector<std::string> reasons;
    Served served(health_routes({[&] { return reasons; }, {}}));
    EXPECT_EQ(served.client().get("/readyz").status, 200);
    reasons = {"draining", "plugin notes is down"};
    const HttpAnswer unready = served.client().get("/readyz");
    EXPECT_EQ(unready.status, 503);
    EXPECT_EQ(unready.body, R"({"status":"unready","reasons":["draining","plugin notes is down"]})");
    EXPECT_EQ(served.client().request("HEAD", "/readyz").status, 503);
}

TEST(Health, IsTheWorstOfWhatIsRequired) {
    const ProbeResult degraded{HealthState::Degraded, "slow"};
    const ProbeResult failed{HealthState::Failed, "gone"};
    const auto health_of = [](std::vector<Probe> probes) {
        Served served(health_routes(ready_with(std::move(probes))));
        const HttpAnswer answer = served.client().get("/health");
        return std::to_string(answer.status) + " " + Json::parse(answer.body).find("status")->as_string();
    };
    EXPECT_EQ(health_of({}), "200 ok");
    EXPECT_EQ(health_of({ok()}), "200 ok");
    EXPECT_EQ(health_of({ok(), probe("a", true, degraded)}), "200 degraded");
    EXPECT_EQ(health_of({probe("a", true, failed), ok()}), "503 failed");
    EXPECT_EQ(health_of({ok(), probe("a", false, failed)}), "200 degraded") << "what is optional cannot fail the host";
}

TEST(Health, NamesEachDependencyWithStateLatencyAndReason) {
    Served served(health_routes(ready_with({ok(), probe("cache", false, {HealthState::Degraded, "2 of 3 answer"})})));
    const Json brief = Json::parse(served.client().get("/health").body);
    EXPECT_EQ(brief.find("dependencies")->dump(), R"({"database":"ok","cache":"degraded"})");
    const Json full = Json::parse(served.client().get("/health/detailed").body);
    const Json& cache = full.find("dependencies")->items().at(1);
    EXPECT_EQ(cache.find("name")->as_string(), "cache");
    EXPECT_EQ(cache.find("state")->as_string(), "degraded");
    EXPECT_FALSE(cache.find("required")->as_bool());
    EXPECT_GE(cache.find("latency_ms")->as_number(), 0);
    EXPECT_EQ(cache.find("detail")->as_string(), "2 of 3 answer");
    EXPECT_EQ(full.find("dependencies")->items().at(0).find("detail"), nullptr);
}

TEST(Health, IsUnreadyWhileAProbeThatGatesReadinessFails) {
    Probe plugin = probe("plugin notes", true, {HealthState::Failed, ""});
    Probe database = probe("database", true, {HealthState::Failed, ""});
    EXPECT_EQ(Served(health_routes(ready_with({database}))).client().get("/readyz").status, 200);
    plugin.gates_readiness = true;
    Served served(health_routes(ready_with({database, plugin})));
    const HttpAnswer unready = served.client().get("/readyz");
    EXPECT_EQ(unready.status, 503);
    EXPECT_NE(unready.body.find("plugin notes is down"), std::string::npos) << unready.body;
}

TEST(Health, CountsAProbeThatThrowsAsFailedWithoutRepeatingForeignText) {
    Served served(health_routes(ready_with({{"a", true, []() -> ProbeResult { throw std::runtime_error("/srv/secret"); }},
                                            {"b", true, []() -> ProbeResult {
                                                 throw core::Error{core::Code::Unavailable, "b does not answer"};
                                             }}})));
    const HttpAnswer answer = served.client().get("/health/detailed");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body.find("/srv"), std::string::npos);
    EXPECT_NE(answer.body.find("b does not answer"), std::string::npos);
}

}  // namespace
}  // namespace host::http
