#include <string>
#include <string_view>
#include <vector>

#include "host/check/cases.hpp"
#include "host/check/life.hpp"
#include "host/check/sample.hpp"

namespace host::check {

using gantry::Json;
using gantry::testing::ClientRequest;

namespace {

// A part of a pattern in braces is a parameter: "{id}", "{path...}".
std::string filled(std::string_view pattern, std::string_view value) {
    std::string path;
    bool inside = false;
    for (const char c : pattern) {
        if (c == '{') path += value;
        inside = (inside || c == '{') && c != '}';
        if (!inside && c != '}') path += c;
    }
    return path;
}

std::string principal_of(const RouteFacts& route) {
    if (!route.needs_principal) return {};
    Json scopes = Json::array();
    for (const std::string& scope : route.scopes)
        scopes.push(scope);
    return Json::object({{"id", "usr_check"}, {"organisation", "org_check"}, {"scopes", scopes}}).dump();
}

bool has_body(const RouteFacts& route) {
    return route.method != "GET" && route.method != "HEAD" && route.method != "DELETE";
}

struct Odd {
    std::string what;
    ClientRequest request;
};

constexpr std::size_t large_bytes = 1 << 20;  // what the host lets through unless the route or its settings say otherwise

void add_bodies(std::vector<Odd>& all, const RouteFacts& route, const ClientRequest& sound) {
    const auto add = [&](std::string what, std::string body) {
        ClientRequest request = sound;
        request.body = std::move(body);
        all.push_back({std::move(what), std::move(request)});
    };
    const std::size_t largest =
        route.body_bytes_max != 0 ? std::min<std::size_t>(route.body_bytes_max, 16 << 20) : large_bytes;
    add("no body", "");
    add("a body that is no JSON", "{\"a\":");
    add("a body of another kind", "[1,2,3]");
    add("null", "null");
    add("the largest body that the host lets through", std::string(largest, 'x'));
    add("the largest string", "\"" + std::string(largest - 2, 'x') + "\"");
    add("JSON 10000 levels deep", std::string(10'000, '[') + std::string(10'000, ']'));
    add("objects 10000 levels deep", [] {
        std::string text;
        for (int i = 0; i < 10'000; ++i)
            text += "{\"a\":";
        return text + "1" + std::string(10'000, '}');
    }());
    add("invalid UTF-8 in JSON", "{\"title\":\"\xff\xfe\xc3\",\"a\xed\xa0\x80\":1}");
    add("a NUL in the body", std::string("{\"a\":\"b\0c\"}", 11));
    add("a number beyond all bounds", "{\"title\":1e999999,\"limit\":99999999999999999999999999}");
    for (Faulty& faulty : forbidden(route.request_schema, Json::object()))
        add("a body " + faulty.fault + ", and nothing else", faulty.value.dump());
    if (sound.body.empty()) return;
    for (Faulty& faulty : forbidden(route.request_schema, Json::parse(sound.body)))
        add("a body with " + faulty.fault, faulty.value.dump());
}

void add_targets(std::vector<Odd>& all, const RouteFacts& route, const ClientRequest& sound) {
    const auto add = [&](std::string what, std::string target) {
        ClientRequest request = sound;
        request.target = std::move(target);
        all.push_back({std::move(what), std::move(request)});
    };
    if (route.pattern.find('{') != std::string::npos) {
        const std::pair<const char*, std::string> values[] = {
            {"a parameter of 8000 characters", std::string(8'000, 'a')},
            {"a parameter that is no number", "none"},
            {"the parameter -1", "-1"},
            {"a parameter beyond 64 bits", "99999999999999999999"},
            {"a parameter of invalid UTF-8", "%ff%fe"},
            {"a parameter with a NUL", "a%00b"},
            {"a parameter with quotes", "%27%22%3B--"},
            {"a parameter with a slash", "a%2Fb"},
        };
        for (const auto& [what, value] : values)
            add(what, filled(route.pattern, value));
    }
    std::vector<std::string> names{"limit", "cursor", "q"};
    if (const Json* known = route.parameters_schema.find("properties"))
        for (const auto& [name, property] : known->members())
            names.push_back(name);
    for (const std::string& name : names)
        for (const char* value : {"", "-1", "0", "99999999999999999999", "none", "%ff%fe", "%00", "%", "%zz", "1&"})
            add("the query " + name + "=" + value, sound.target + "?" + name + "=" + value);
    add("a query of 8000 characters", sound.target + "?" + std::string(8'000, 'q'));
    add(
        "a query of 1000 parameters", sound.target + "?" + [] {
            std::string text;
            for (int i = 0; i < 1000; ++i)
                text += "a=1&";
            return text;
        }());
}

std::vector<Odd> odd_requests(const RouteFacts& route, const ClientRequest& sound) {
    std::vector<Odd> all;
    if (route.method == "GET") {
        all.push_back({"HEAD", sound});
        all.back().request.method = "HEAD";
    }
    all.push_back({"another content type", sound});
    all.back().request.headers = {{"content-type", "text/x-nothing; charset=\xff"}};
    all.push_back({"odd headers", sound});
    all.back().request.headers = {{"content-type", "application/json"},
                                  {"accept", std::string(8'000, ',')},
                                  {"if-none-match", "\""},
                                  {"if-match", "*,,\"\\"},
                                  {"range", "bytes=9-1"},
                                  {"last-event-id", "-1"},
                                  {"idempotency-key", "\xff"},
                                  {"authorization", "Bearer "}};
    add_targets(all, route, sound);
    if (has_body(route)) add_bodies(all, route, sound);
    return all;
}

// The database is away all the time, so that whatever is right with the request is answered 503: what is answered 500 is a
// mistake of a client that the plugin did not expect.
void ask(Life& life, const Odd& odd, Trial& trial) {
    trial.at(odd.what);
    const gantry::testing::Answer answer = life.ask(odd.request);
    if (answer.status == 500) trial.finding("is answered 500: " + answer.body.substr(0, 200));
    if (answer.status != 0 && (answer.status < 101 || answer.status > 599))
        trial.finding("the status " + std::to_string(answer.status) + " is none of HTTP's");
}

void ask_oddly(const Subject& subject, const RouteFacts& route, Trial& trial) {
    Life life(subject, trial);
    if (!life.start()) return trial.finding("it does not start: " + life.why());
    life.host().database().answer_otherwise(Otherwise::Unavailable);
    Random random(route.seed);
    for (const Odd& odd : odd_requests(route, sound_request(route, random)))
        ask(life, odd, trial);
    trial.at("stop");
    life.end();
}

// Bytes of a sound request, some of them changed.
std::string damaged(std::string text, Random& random) {
    const std::size_t changes = 1 + random.below(4);
    for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
        const std::size_t at = random.below(text.size());
        if (random.below(3) == 0)
            text.erase(at, 1 + random.below(4));
        else
            text[at] = static_cast<char>(random.below(256));
    }
    return text;
}

void ask_at_random(const Subject& subject, const RouteFacts& route, unsigned rounds, Trial& trial) {
    Life life(subject, trial);
    if (!life.start()) return trial.finding("it does not start: " + life.why());
    life.host().database().answer_otherwise(Otherwise::Unavailable);
    for (unsigned i = 1; i <= rounds; ++i) {
        ClientRequest request = sound_request(route, trial.random);
        if (trial.random.below(2) == 0) request.body = damaged(request.body, trial.random);
        const std::string body = request.body.size() > 200 ? request.body.substr(0, 200) + "..." : request.body;
        ask(life, {"random request " + std::to_string(i) + ", body " + body, std::move(request)}, trial);
    }
    trial.at("stop");
    life.end();
}

}  // namespace

ClientRequest sound_request(const RouteFacts& route, Random& random) {
    ClientRequest request{route.method, filled(route.pattern, "7"), {}, {}, principal_of(route)};
    if (!has_body(route)) return request;
    request.headers = {{"content-type", "application/json"}};
    const auto body = permitted(route.request_schema, random, Texts::Any);
    if (body && !route.request_schema.is_null()) request.body = body->dump();
    return request;
}

void check_odd_requests(Runner& runner, const RouteFacts& route) {
    const Subject& subject = runner.subject();
    const unsigned rounds = runner.options().rounds;
    runner.run(
        route.name() + ", odd requests", [&](Trial& trial) { ask_oddly(subject, route, trial); }, 3);
    if (has_body(route) && !route.request_schema.is_null())
        runner.run(
            route.name() + ", random requests", [&, rounds](Trial& trial) { ask_at_random(subject, route, rounds, trial); },
            3);
}

}  // namespace host::check
