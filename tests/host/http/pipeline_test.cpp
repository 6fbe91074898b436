#include "host/http/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <gantry/json.hpp>

#include "host/core/thread_kind.hpp"
#include "host/http/route_table.hpp"
#include "tests/host/http/served.hpp"

namespace host::http {
namespace {

using gantry::Json;
using support::Headers;
using support::HttpAnswer;
using support::HttpClient;
using testing::HasSubstr;
using testing::Not;

using Held = std::shared_ptr<Exchange>;

Route says(std::string method, std::string pattern, std::string text) {
    return route(std::move(method), std::move(pattern), [text](const Held& exchange) { send_text(*exchange, text); });
}

std::string code_of(const HttpAnswer& answer) {
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json") << answer.body;
    return Json::parse(answer.body).find("code")->as_string();
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

TEST(Pipeline, AnswersUnknownAndBrokenPathsWithProblems) {
    Served served({says("GET", "/notes", "all")});
    const HttpAnswer unknown = served.client().get("/nowhere?token=secret");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(code_of(unknown), "NOT_FOUND");
    EXPECT_EQ(Json::parse(unknown.body).find("instance")->as_string(), "/nowhere");
    EXPECT_EQ(Json::parse(unknown.body).find("request_id")->as_string(), unknown.field("X-Request-Id"));
    EXPECT_EQ(unknown.field("X-Content-Type-Options"), "nosniff");
    const HttpAnswer broken = served.client().get("/notes/%zz");
    EXPECT_EQ(broken.status, 400);
    EXPECT_EQ(code_of(broken), "INVALID_PATH");
    EXPECT_EQ(code_of(served.client().get("/notes/%2e%2e/x")), "INVALID_PATH");
}

TEST(Pipeline, SaysWhichMethodsAPathHas) {
    Served served({says("GET", "/notes", "all"), says("POST", "/notes", "new")});
    const HttpAnswer wrong = served.client().request("DELETE", "/notes");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(code_of(wrong), "METHOD_NOT_ALLOWED");
    EXPECT_EQ(wrong.field("Allow"), "GET, HEAD, OPTIONS, POST");
    const HttpAnswer options = served.client().request("OPTIONS", "/notes");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(options.field("Allow"), "GET, HEAD, OPTIONS, POST");
    EXPECT_EQ(served.client().request("OPTIONS", "/nowhere").status, 404);
}

TEST(Pipeline, AnswersOptionsForTheWholeServer) {
    Served served({says("GET", "/notes", "all"), says("PATCH", "/notes/{id}", "one")});
    const HttpAnswer all = served.client().request("OPTIONS", "*");
    EXPECT_EQ(all.status, 204);
    EXPECT_EQ(all.field("Allow"), "GET, HEAD, OPTIONS, PATCH");
}

TEST(Pipeline, LeavesOptionsToARouteThatWantsIt) {
    Served served({says("OPTIONS", "/notes", "mine")});
    EXPECT_EQ(served.client().request("OPTIONS", "/notes").body, "mine");
}

TEST(Pipeline, ServesHeadByGetWithoutABody) {
    Served served({says("GET", "/notes", "all")});
    const HttpAnswer answer = served.client().request("HEAD", "/notes");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Length"), "3");
    EXPECT_EQ(served.client().get("/notes").body, "all") << "the connection is still in step";
}

TEST(Pipeline, KeepsASaneRequestIdAndReplacesAnyOther) {
    Served served({route("GET", "/id", [](const Held& e) { send_text(*e, e->request_id()); })});
    const HttpAnswer kept = served.client().get("/id", {{"X-Request-Id", "mine-1._"}});
    EXPECT_EQ(kept.body, "mine-1._");
    EXPECT_EQ(kept.field("X-Request-Id"), "mine-1._");
    for (const Headers& abuse : {Headers{{"X-Request-Id", "a b"}}, Headers{{"X-Request-Id", std::string(129, 'x')}},
                                 Headers{{"X-Request-Id", ""}}, Headers{{"X-Request-Id", "a"}, {"X-Request-Id", "b"}}}) {
        const HttpAnswer answer = served.client().get("/id", abuse);
        EXPECT_EQ(answer.body.size(), 26u);
        EXPECT_EQ(answer.field("X-Request-Id"), answer.body);
        EXPECT_EQ(answer.count("X-Request-Id"), 1u);
    }
}

TEST(Pipeline, PassesOnlyAValidTraceparentOn) {
    Served served({route("GET", "/trace", [](const Held& e) { send_text(*e, std::string(e->traceparent())); })});
    const std::string valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    EXPECT_EQ(served.client().get("/trace", {{"traceparent", valid}}).body, valid);
    EXPECT_EQ(served.client().get("/trace", {{"traceparent", "00-xyz"}}).body, "");
    EXPECT_EQ(served.client().get("/trace").body, "") << "none is invented";
}

TEST(Pipeline, AddsSecurityHeadersOnceAndNeverOverAHandlersOwn) {
    Served served({says("GET", "/plain", "x"), route("GET", "/page", [](const Held& exchange) {
                       Head head(200);
                       head.add("content-security-policy", "default-src 'self'");
                       exchange->send(std::move(head), Bytes(std::string("<p>")));
                   })});
    const HttpAnswer plain = served.client().get("/plain");
    for (const char* name : {"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy",
                             "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"}) {
        EXPECT_EQ(plain.count(name), 1u) << name;
    }
    EXPECT_EQ(plain.count("Strict-Transport-Security"), 0u);
    const HttpAnswer page = served.client().get("/page");
    EXPECT_EQ(page.count("Content-Security-Policy"), 1u);
    EXPECT_EQ(page.field("Content-Security-Policy"), "default-src 'self'");
    EXPECT_EQ(page.field("X-Frame-Options"), "DENY");
}

TEST(Pipeline, AddsNoSecurityHeadersIfSwitchedOff) {
    Settings settings;
    settings.security_headers = false;
    Served served({says("GET", "/plain", "x")}, settings);
    const HttpAnswer answer = served.client().get("/plain");
    EXPECT_EQ(answer.count("X-Frame-Options"), 0u);
    EXPECT_EQ(answer.count("X-Request-Id"), 1u);
}

Settings with_cors() {
    Settings settings;
    settings.cors.origins = {"https://app.example.org"};
    return settings;
}

TEST(Pipeline, AnswersAPreflightBeforeTheRoute) {
    Served served({says("PUT", "/notes/{id}", "put"), says("OPTIONS", "/notes/{id}", "mine")}, with_cors());
    const Headers asks{{"Origin", "https://app.example.org"}, {"Access-Control-Request-Method", "PUT"}};
    const HttpAnswer allowed = served.client().request("OPTIONS", "/notes/7", asks);
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(allowed.field("Access-Control-Allow-Origin"), "https://app.example.org");
    EXPECT_EQ(allowed.field("Access-Control-Allow-Methods"), "OPTIONS, PUT");
    EXPECT_EQ(served.client().request("OPTIONS", "/nowhere", asks).status, 404);
    const HttpAnswer stranger = served.client().request(
        "OPTIONS", "/notes/7", {{"Origin", "https://evil.example.org"}, {"Access-Control-Request-Method", "PUT"}});
    EXPECT_EQ(stranger.body, "mine") << "no preflight of ours";
    EXPECT_EQ(stranger.count("Access-Control-Allow-Origin"), 0u);
}

TEST(Pipeline, AddsCorsFieldsToAnswersAndProblemsAlike) {
    Served served({says("GET", "/notes", "all"), route("GET", "/own",
                                                       [](const Held& exchange) {
                                                           Head head(200);
                                                           head.add("Access-Control-Allow-Origin",
                                                                    "https://other.example.org");
                                                           exchange->send(std::move(head), Bytes());
                                                       })},
                  with_cors());
    const Headers from{{"Origin", "https://app.example.org"}};
    for (const char* path : {"/notes", "/nowhere", "/%zz"}) {
        const HttpAnswer answer = served.client().get(path, from);
        EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "https://app.example.org") << path;
        EXPECT_EQ(answer.field("Vary"), "Origin");
    }
    EXPECT_EQ(served.client().request("POST", "/notes", from).field("Access-Control-Allow-Origin"),
              "https://app.example.org");
    const HttpAnswer own = served.client().get("/own", from);
    EXPECT_EQ(own.count("Access-Control-Allow-Origin"), 1u);
    EXPECT_EQ(own.field("Access-Control-Allow-Origin"), "https://other.example.org");
}

TEST(Pipeline, TurnsExceptionsIntoProblemsAndKeepsTheirTextForTheLog) {
    Served served({route("GET", "/error",
                         [](const Held&) {
                             throw core::Error{core::Code::Conflict, "title is taken"};
                         }),
                   route("GET", "/defect",
                         [](const Held&) {
                             throw core::Error{core::Code::Internal, "at /srv/x.cpp"};
                         }),
                   route("GET", "/std", [](const Held&) { throw std::runtime_error("at /srv/y.cpp"); }),
                   route("GET", "/int", [](const Held&) { throw 7; }), route("GET", "/late", [](const Held& exchange) {
                       send_text(*exchange, "answered");
                       throw std::runtime_error("after the answer");
                   })});
    const HttpAnswer error = served.client().get("/error");
    EXPECT_EQ(error.status, 409);
    EXPECT_EQ(code_of(error), "CONFLICT");
    EXPECT_THAT(error.body, HasSubstr("title is taken"));
    for (const char* path : {"/defect", "/std", "/int"}) {
        const HttpAnswer answer = served.client().get(path);
        EXPECT_EQ(answer.status, 500) << path;
        EXPECT_EQ(code_of(answer), "INTERNAL_ERROR");
        EXPECT_THAT(answer.body, Not(HasSubstr("/srv")));
    }
    EXPECT_EQ(served.client().get("/late").body, "answered");
    EXPECT_EQ(count(served.log(), "\"message\":\"a handler failed\""), 4u);
    EXPECT_THAT(served.log(), HasSubstr("/srv/y.cpp"));
}

TEST(Pipeline, FailsClosedWithoutAnIdentityProvider) {
    std::atomic<int> called{0};
    std::vector<Route> routes;
    for (Access access : {Access::Authenticated, Access::Scoped}) {
        routes.push_back(route("GET", access == Access::Scoped ? "/scoped" : "/known", [&](const Held&) { ++called; }));
        routes.back().access = access;
    }
    Served served(std::move(routes));
    for (const char* path : {"/scoped", "/known"}) {
        const HttpAnswer answer = served.client().get(path, {{"Authorization", "Bearer x"}});
        EXPECT_EQ(answer.status, 503);
        EXPECT_EQ(code_of(answer), "AUTHENTICATION_UNAVAILABLE");
    }
    EXPECT_EQ(called, 0);
}

TEST(Pipeline, RunsBlockingRoutesOnThePoolWithTheWholeRequest) {
    Route blocking = route("POST", "/wait/{id}", [](const Held& exchange) {
        EXPECT_EQ(core::thread_kind(), core::ThreadKind::Blocking);
        send_text(*exchange, std::string(exchange->request().body) + exchange->params()[0].value);
    });
    blocking.blocking = true;
    Served served({std::move(blocking)});
    EXPECT_EQ(served.client().request("POST", "/wait/7", {}, "body").body, "body7");
}

TEST(Pipeline, SaysThatItIsBusyWhenThePoolIsFull) {
    std::atomic<int> called{0};
    Route blocking = route("GET", "/wait", [&](const Held&) { ++called; });
    blocking.blocking = true;
    Settings settings;
    settings.blocking_queue_max = 0;
    Served served({std::move(blocking)}, settings);
    const HttpAnswer answer = served.client().get("/wait");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(code_of(answer), "BUSY");
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_EQ(called, 0);
}

TEST(Pipeline, DoesNotRunWhatHasWaitedBeyondItsDeadline) {
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::promise<void> running;
    std::atomic<int> late_runs{0};
    Route first = route("GET", "/first", [&, released](const Held& exchange) {
        running.set_value();
        released.wait();
        send_text(*exchange, "done");
    });
    first.blocking = true;
    Route late = route("GET", "/late", [&](const Held&) { ++late_runs; });
    late.blocking = true;
    late.deadline = std::chrono::milliseconds(10);
    Settings settings;
    settings.blocking_threads = 1;
    Served served({std::move(first), std::move(late)}, settings);
    HttpClient other(served.address());
    other.send("GET", "/first");
    running.get_future().get();
    EXPECT_EQ(served.client().get("/late").status, 504);
    release.set_value();
    EXPECT_EQ(other.read_answer().body, "done");
    served.stop();
    EXPECT_EQ(late_runs, 0);
}

TEST(Pipeline, LimitsBodiesByRoute) {
    Route small = says("POST", "/small", "taken");
    small.body_bytes_max = 10;
    Route large = says("POST", "/large", "taken");
    large.body_bytes_max = 3000;
    Settings settings;
    settings.body_bytes_max = 1000;
    Served served({std::move(small), std::move(large), says("POST", "/usual", "taken")}, settings);
    const auto posted = [&](const char* path, std::size_t size) {
        return HttpClient(served.address()).request("POST", path, {}, std::string(size, 'x'));
    };
    EXPECT_EQ(posted("/small", 10).body, "taken");
    EXPECT_EQ(posted("/small", 11).status, 413);
    EXPECT_EQ(posted("/large", 3000).body, "taken");
    EXPECT_EQ(posted("/usual", 1000).body, "taken");
    const HttpAnswer refused = posted("/usual", 1001);
    EXPECT_EQ(refused.status, 413);
    EXPECT_THAT(code_of(refused), Not(testing::IsEmpty()));
    EXPECT_EQ(refused.count("X-Request-Id"), 1u);
    EXPECT_EQ(refused.field("X-Frame-Options"), "DENY");
}

TEST(Pipeline, LogsEveryRequestOnce) {
    Served served({says("GET", "/notes/{id}", "hello")});
    served.client().get("/notes/7?token=hidden", {{"X-Request-Id", "req-a"}});
    served.client().get("/nowhere", {{"X-Request-Id", "req-b"}});
    served.client().request("HEAD", "/notes/7", {{"X-Request-Id", "req-c"}});
    served.client().request("OPTIONS", "/notes/7", {{"X-Request-Id", "req-d"}});
    HttpClient garbage(served.address());
    garbage.send_raw("no request\r\n\r\n");
    EXPECT_EQ(garbage.read_answer().status, 400);
    const std::string& log = served.log();
    EXPECT_EQ(count(log, "\"message\":\"request\""), 5u);
    EXPECT_THAT(log, HasSubstr("\"request_id\":\"req-a\",\"method\":\"GET\",\"route\":\"/notes/{id}\",\"plugin\":\"notes\","
                               "\"status\":200,\"duration_ms\":"));
    EXPECT_THAT(log, HasSubstr("\"bytes\":5,\"outcome\":\"complete\",\"path\":\"/notes/7\",\"peer\":\"127.0.0.1:"));
    EXPECT_THAT(log, HasSubstr("\"request_id\":\"req-b\",\"method\":\"GET\",\"route\":\"\",\"plugin\":\"\",\"status\":404"));
    for (const char* id : {"req-a", "req-b", "req-c", "req-d"})
        EXPECT_EQ(count(log, id), 1u) << id;
    EXPECT_EQ(count(log, "hidden"), 0u);
    EXPECT_THAT(log, HasSubstr("\"status\":400"));
}

TEST(Pipeline, LogsNoRequestIfSwitchedOff) {
    Settings settings;
    settings.access_log = false;
    Served served({says("GET", "/notes", "x")}, settings);
    served.client().get("/notes");
    served.client().get("/nowhere");
    EXPECT_EQ(count(served.log(), "\"message\":\"request\""), 0u);
}

TEST(Pipeline, AnswersThatItIsStartingBeforeTheFirstTable) {
    Served served({});
    served.pipeline().publish(nullptr);
    const HttpAnswer answer = served.client().get("/notes");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(code_of(answer), "STARTING");
}

TEST(Pipeline, LetsARequestFinishOnTheTableItBeganWith) {
    std::promise<Held> handed;
    auto generation = std::make_shared<int>(1);
    const std::weak_ptr<int> former = generation;
    Served served({});
    RouteTableBuilder builder;
    builder.add(route("GET", "/notes/{id}", [&](const Held& exchange) { handed.set_value(exchange); }));
    served.pipeline().publish(std::move(builder).freeze(std::move(generation)));
    HttpClient early(served.address());
    early.send("GET", "/notes/7");
    Held exchange = handed.get_future().get();
    served.pipeline().publish(table_of({says("GET", "/notes/{id}", "new")}));
    EXPECT_EQ(served.client().get("/notes/7").body, "new");
    EXPECT_FALSE(former.expired());
    EXPECT_EQ(exchange->route().pattern, "/notes/{id}");
    EXPECT_EQ(exchange->params()[0].name, "id");
    EXPECT_TRUE(send_text(*exchange, "old"));
    EXPECT_EQ(early.read_answer().body, "old");
    handed = {};
    exchange.reset();
    served.stop();
    EXPECT_TRUE(former.expired());
}

TEST(Pipeline, ServesEveryRequestWhileTablesChange) {
    Served served({says("GET", "/n", "0")});
    std::atomic<bool> done{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back([&] {
            HttpClient client(served.address());
            int last = 0;
            while (!done) {
                const HttpAnswer answer = client.get("/n");
                ASSERT_EQ(answer.status, 200);
                EXPECT_GE(std::stoi(answer.body), last);
                last = std::stoi(answer.body);
            }
        });
    }
    for (int i = 1; i <= 200; ++i) {
        served.pipeline().publish(table_of({says("GET", "/n", std::to_string(i))}));
        EXPECT_EQ(served.client().get("/n").body, std::to_string(i));
    }
    done = true;
    for (std::thread& client : clients)
        client.join();
}

TEST(Pipeline, RefusesSettingsThatContradictEachOther) {
    Settings settings;
    settings.cors.origins = {"*"};
    settings.cors.credentials = true;
    std::string lines;
    core::ThreadPool pool("blocking", {1, 1});
    EXPECT_THROW(Pipeline(settings, log::Logger(log::open_memory({}, lines), "http"), pool), core::Error);
}

}  // namespace
}  // namespace host::http
