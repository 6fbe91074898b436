#include <algorithm>
#include <array>
#include <string>

#include "host/check/cases.hpp"
#include "host/check/life.hpp"

namespace host::check {

using gantry::Json;

namespace {

Json parsed(const std::string& schema) {
    return schema.empty() ? Json() : Json::parse(schema);
}

Json facts_of(const gantry::testing::DeclaredRoute& route) {
    Json scopes = Json::array();
    for (const std::string& scope : route.scopes)
        scopes.push(scope);
    return Json::object({{"method", route.method},
                         {"pattern", route.pattern},
                         {"request", parsed(route.request_schema)},
                         {"parameters", parsed(route.parameters_schema)},
                         {"scopes", scopes},
                         {"principal", route.route.access != GANTRY_ACCESS_PUBLIC},
                         {"body_bytes_max", route.route.body_bytes_max}});
}

RouteFacts route_of(const Json& facts) {
    RouteFacts route{facts.find("method")->as_string(),
                     facts.find("pattern")->as_string(),
                     *facts.find("request"),
                     *facts.find("parameters"),
                     {},
                     facts.find("principal")->as_bool(),
                     static_cast<std::uint64_t>(facts.find("body_bytes_max")->as_integer())};
    for (const Json& scope : facts.find("scopes")->items())
        route.scopes.push_back(scope.as_string());
    return route;
}

void live_once(const Subject& subject, Trial& trial) {
    trial.at("load");
    Life life(subject, trial);
    trial.at("describe");
    const Json schema = life.schema();
    trial.at("start");
    if (!life.start()) return trial.finding("it does not start: " + life.why());
    Json routes = Json::array();
    for (const gantry::testing::DeclaredRoute& route : life.host().http().routes())
        routes.push(facts_of(route));
    trial.fact(Json::object({{"calls", life.host().watch().calls()}, {"routes", std::move(routes)}, {"schema", schema}}));
    trial.at("health");
    life.ask_health();
    trial.at("stop");
    life.end();
}

// Grown from one measure to the next, without an end: it is lost. What grows once or twice is a cache.
std::size_t growth_per_life(const std::array<std::size_t, 4>& bytes, std::size_t lives) {
    if (lives == 0 || !std::is_sorted(bytes.begin(), bytes.end(), std::less_equal<>())) return 0;
    const std::size_t lost = bytes.back() - bytes.front();
    return lost / lives >= 8 ? lost / lives : 0;
}

void live_often(const Subject& subject, unsigned lives, Trial& trial) {
    std::array<std::size_t, 4> bytes{};
    const std::array<unsigned, 4> measured{lives / 10, lives * 4 / 10, lives * 7 / 10, lives};
    std::size_t descriptors = 0;
    for (unsigned number = 1; number <= lives; ++number) {
        trial.at("life " + std::to_string(number) + " of " + std::to_string(lives));
        {
            Life life(subject, trial);
            if (!life.start()) return trial.finding("it does not start: " + life.why());
            life.end();
        }
        if (number == 1) descriptors = descriptor_count();
        for (std::size_t i = 0; i < measured.size(); ++i)
            if (measured[i] == number) bytes[i] = heap_bytes();
    }
    trial.at(std::to_string(lives) + " lives");
    if (const std::size_t now = descriptor_count(); now > descriptors)
        trial.finding(std::to_string(now - descriptors) + " descriptors were not closed");
    if (lives < 20) return;  // too few to tell a leak from a cache
    if (const std::size_t lost = growth_per_life(bytes, lives - measured[0]); lost > 0)
        trial.finding("the memory grows by about " + std::to_string(lost) + " bytes with each life");
}

void fail_in_start(const Subject& subject, std::size_t number, Trial& trial) {
    Life life(subject, trial);
    const std::uint64_t choice = trial.random.next();
    life.host().watch().fail_call(number, [choice](std::string_view function) { return failure_for(function, choice); });
    trial.at("start, host call " + std::to_string(number) + " fails");
    const bool started = life.start();
    const std::string failed = life.host().watch().failed();
    trial.at(failed.empty() ? trial.place() : failed + "() answers " + name_of(failure_for(failed, choice)));
    if (started && failed == "add_route") trial.finding("start() succeeds although a route could not be added");
    life.end();
}

void withhold(const Subject& subject, const std::string& service, gantry_status status, Trial& trial) {
    trial.at("start, " + service + " answers " + name_of(status));
    Life life(subject, trial);
    life.host().withhold(service, status);
    life.start();
    life.end();
}

}  // namespace

Lifecycle check_lifecycle(Runner& runner) {
    const Subject& subject = runner.subject();
    const Attempt attempt = runner.learn("lifecycle", [&](Trial& trial) { live_once(subject, trial); });
    Lifecycle lifecycle;
    lifecycle.sound = attempt.findings.empty() && !attempt.facts.empty();
    if (!lifecycle.sound) return lifecycle;
    const Json& facts = attempt.facts.front();
    lifecycle.calls_in_start = static_cast<std::size_t>(facts.find("calls")->as_integer());
    lifecycle.schema = *facts.find("schema");
    for (const Json& route : facts.find("routes")->items())
        lifecycle.routes.push_back(route_of(route));
    for (RouteFacts& route : lifecycle.routes)
        route.seed = seed_of(runner.options().seed, route.name());
    const unsigned lives = runner.options().rounds;
    runner.run(
        "lifecycle, many times", [&, lives](Trial& trial) { live_often(subject, lives, trial); }, 10);
    return lifecycle;
}

void check_failing_start(Runner& runner, const Lifecycle& lifecycle) {
    const Subject& subject = runner.subject();
    for (std::size_t number = 1; number <= lifecycle.calls_in_start; ++number)
        runner.run("start, host call " + std::to_string(number) + " fails",
                   [&, number](Trial& trial) { fail_in_start(subject, number, trial); });
    for (const std::string& service : subject.plugin.manifest.services)
        runner.run("start without " + service,
                   [&](Trial& trial) { withhold(subject, service, GANTRY_E_UNSUPPORTED, trial); });
}

}  // namespace host::check
