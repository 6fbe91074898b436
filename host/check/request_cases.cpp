#include <string>

#include "host/check/cases.hpp"
#include "host/check/life.hpp"

namespace host::check {

using gantry::Json;
using namespace std::chrono_literals;

namespace {

constexpr auto callback_patience = 20ms;  // for work on the plugin's own threads
constexpr std::size_t calls_max = 200;    // of one request: a stream may make any number

void start_or_give_up(Life& life, Trial& trial) {
    trial.at("start");
    if (!life.start()) trial.give_up("it does not start: " + life.why());
}

void expect_status(const gantry::testing::Answer& answer, Trial& trial) {
    if (answer.status != 0 && (answer.status < 101 || answer.status > 599))
        trial.finding("the status " + std::to_string(answer.status) + " is none of HTTP's");
}

void ask_once(const Subject& subject, const RouteFacts& route, Otherwise database, Trial& trial) {
    Life life(subject, trial);
    start_or_give_up(life, trial);
    life.host().database().answer_otherwise(database);
    trial.at(route.name());
    Random random(route.seed);
    const std::size_t before = life.host().watch().calls();
    const auto request = sound_request(route, random);
    std::size_t pauses = 0;
    const auto pending = life.begin(request);
    while (!pending.answered() && pauses < calls_max && life.complete_one(callback_patience))
        ++pauses;
    life.finish(pending);
    trial.fact(Json::object({{"calls", life.host().watch().calls() - before}, {"pauses", pauses}}));
    expect_status(pending.so_far(), trial);
    life.end();
}

void fail_in_request(const Subject& subject, const RouteFacts& route, std::size_t number, Trial& trial) {
    Life life(subject, trial);
    start_or_give_up(life, trial);
    const std::uint64_t choice = trial.random.next();
    Random as_before(route.seed);
    life.host().watch().fail_call(number, [choice](std::string_view function) { return failure_for(function, choice); });
    trial.at("host call " + std::to_string(number) + " fails");
    const auto pending = life.begin(sound_request(route, as_before));
    const std::string failed = life.host().watch().failed();
    if (!failed.empty()) trial.at(failed + "() answers " + name_of(failure_for(failed, choice)));
    life.finish(pending);
    expect_status(pending.so_far(), trial);
    trial.at("the next request, after " + failed + "() has failed");
    life.ask(sound_request(route, as_before));
    trial.at("stop, after " + failed + "() has failed");
    life.end();
}

// The client goes after `pauses` callbacks; the ones that are due then come late.
void leave(const Subject& subject, const RouteFacts& route, std::size_t pauses, Trial& trial) {
    Life life(subject, trial);
    start_or_give_up(life, trial);
    trial.at("the client goes");
    Random as_before(route.seed);
    const auto pending = life.begin(sound_request(route, as_before));
    for (std::size_t i = 0; i < pauses && !pending.answered(); ++i)
        life.complete_one(callback_patience);
    pending.leave();
    // The plugin is told first, then its operation completes.
    life.complete_newest();
    trial.at("callbacks after the client has gone");
    while (life.complete_one(callback_patience)) {
    }
    trial.at("the next request, after a client has gone");
    life.ask(sound_request(route, as_before));
    trial.at("stop, after a client has gone");
    life.end();
}

// The host stops while the request is open: what is due comes while it ends.
void stop_meanwhile(const Subject& subject, const RouteFacts& route, std::size_t pauses, Trial& trial) {
    Life life(subject, trial);
    start_or_give_up(life, trial);
    Random as_before(route.seed);
    const auto pending = life.begin(sound_request(route, as_before));
    for (std::size_t i = 0; i < pauses && !pending.answered(); ++i)
        life.complete_one(callback_patience);
    trial.at("stop while the request is open");
    life.end();
}

void ask_often(const Subject& subject, const RouteFacts& route, unsigned rounds, Trial& trial) {
    constexpr std::size_t lives = 4;
    std::size_t held[lives] = {};
    for (std::size_t number = 0; number < lives; ++number) {
        {
            Life life(subject, trial);
            start_or_give_up(life, trial);
            trial.at(std::to_string(rounds) + " requests");
            Random as_before(route.seed);
            for (unsigned i = 0; i < rounds; ++i)
                life.ask(sound_request(route, as_before));
            life.end();
        }
        held[number] = heap_bytes();
    }
    if (rounds < 20 || held[2] <= held[1] || held[3] <= held[2]) return;
    const std::size_t lost = (held[3] - held[1]) / (2 * rounds);
    if (lost >= 8) trial.finding("the memory grows by about " + std::to_string(lost) + " bytes with each request");
}

std::size_t number_in(const Attempt& attempt, const char* name) {
    return attempt.facts.empty() ? 0 : static_cast<std::size_t>(attempt.facts.front().find(name)->as_integer());
}

}  // namespace

bool check_route(Runner& runner, const RouteFacts& route) {
    const Subject& subject = runner.subject();
    const std::string name = route.name();
    const Attempt asked = runner.learn(name, [&](Trial& trial) { ask_once(subject, route, Otherwise::Empty, trial); });
    if (!asked.findings.empty()) {
        runner.skip(name + ", everything else", "a sound request has findings already");
        return false;
    }
    runner.run(name + ", database unavailable",
               [&](Trial& trial) { ask_once(subject, route, Otherwise::Unavailable, trial); });
    runner.run(name + ", database conflict", [&](Trial& trial) { ask_once(subject, route, Otherwise::Conflict, trial); });
    for (std::size_t number = 1; number <= std::min(number_in(asked, "calls"), calls_max); ++number)
        runner.run(name + ", host call " + std::to_string(number) + " fails",
                   [&, number](Trial& trial) { fail_in_request(subject, route, number, trial); });
    const std::size_t pauses = number_in(asked, "pauses");
    for (std::size_t point = 0; point < pauses; ++point) {
        const std::string at = " at pause " + std::to_string(point + 1) + " of " + std::to_string(pauses);
        runner.run(name + ", client gone" + at, [&, point](Trial& trial) { leave(subject, route, point, trial); });
        runner.run(name + ", host stops" + at, [&, point](Trial& trial) { stop_meanwhile(subject, route, point, trial); });
    }
    const unsigned rounds = runner.options().rounds;
    runner.run(
        name + ", many times", [&, rounds](Trial& trial) { ask_often(subject, route, rounds, trial); }, 10);
    return true;
}

}  // namespace host::check
