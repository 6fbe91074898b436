#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Handlers {
  public:
    explicit Handlers(gantry::Host) {}
    void routes(gantry::Routes<Handlers>& routes) {
        routes.get("/error", &Handlers::error).summary("Fails").scope("a:read").scope("a:write");
        routes.get("/exception", &Handlers::exception).authenticated().internal();
        routes.get("/integer", &Handlers::integer).blocking().deadline(std::chrono::seconds(2)).body_max(7);
        routes.get("/headers", &Handlers::headers);
        routes.get("/splitting", &Handlers::splitting);
        routes.get("/coroutine", &Handlers::coroutine);
        routes.get("/coroutine_error", &Handlers::coroutine_error);
        routes.get("/nothing", &Handlers::nothing).operation("do_nothing");
        routes.get("/stream_in_vain", &Handlers::stream_in_vain);
        routes.get("/files/{path...}", &Handlers::file);
        routes.post("/echo", &Handlers::echo);
    }

  private:
    Response error(const Request&) const {
        throw gantry::Error(gantry::Status::Conflict, "it is closed")
            .code("SHOP_CLOSED")
            .http(423)
            .details(Json::object({{"opens", 8}}));
    }
    Response exception(const Request&) const { throw std::runtime_error("password=hunter2"); }
    Response integer(const Request&) const { throw 7; }
    Response headers(const Request& request) const {
        Response response = gantry::json(Json::object({{"deep", request.query("a").value_or("none")}}));
        for (int i = 0; i < 20; ++i)
            response.header("x-" + std::to_string(i), std::string(40, 'v'));
        return response;
    }
    Response splitting(const Request&) const { return gantry::text("x").header("x", "a\r\nb: c"); }
    Task<int> deep(int levels) const {
        if (levels == 0) co_return 0;
        const int below = co_await deep(levels - 1);
        co_return below + 1;
    }
    Task<Response> coroutine(const Request&) const {
        const int levels = co_await deep(1000);
        co_return gantry::text(std::to_string(levels));
    }
    Task<int> failing() const {
        throw gantry::Error(gantry::Status::NotFound, "nobody is here");
        co_return 1;
    }
    Task<Response> coroutine_error(const Request&) const {
        try {
            (void)co_await failing();
        } catch (const gantry::Error& failure) {
            throw gantry::Error(failure.status(), std::string("seen: ") + failure.what());
        }
        co_return gantry::empty();
    }
    Task<void> nothing(const Request&) const { co_return; }
    Response stream_in_vain(const Request& request) const {
        (void)request.stream("text/plain");
        return gantry::text("x");
    }
    Response file(const Request& request) const { return gantry::text(std::string(request.param("path"))); }
    Response echo(const Request& request) const { return gantry::json(request.json()); }
};

class Handling : public ::testing::Test {
  protected:
    Handling() { host.start(entry_of<Handlers>()); }
    FakeHost host;
};

TEST_F(Handling, TurnsAnErrorIntoAProblem) {
    const auto answer = host.get("/error");
    EXPECT_EQ(answer.status, 423);
    EXPECT_EQ(answer.problem().find("code")->as_string(), "SHOP_CLOSED");
    EXPECT_EQ(answer.problem().find("detail")->as_string(), "it is closed");
    EXPECT_EQ(answer.problem().find("details")->dump(), R"({"opens":8})");
}

TEST_F(Handling, ShowsNoOtherExceptionToClients) {
    for (const char* path : {"/exception", "/integer"}) {
        const auto answer = host.get(path);
        EXPECT_EQ(answer.status, 500) << path;
        EXPECT_EQ(answer.problem().find("detail")->as_string(), "an internal error occurred");
    }
    EXPECT_EQ(host.log()[0].fields[0].second, "password=hunter2");
}

TEST_F(Handling, SendsAnyNumberOfHeaders) {
    const auto answer = host.get("/headers?b=1&a=%C3%A9+x");
    EXPECT_EQ(answer.headers.size(), 21U);
    EXPECT_EQ(answer.header("X-19"), std::string(40, 'v'));
    EXPECT_EQ(answer.json().find("deep")->as_string(), "\u00e9 x");
}

TEST_F(Handling, AnswersAllTheSameWhenTheHostRefusesAHeader) {
    EXPECT_EQ(host.get("/splitting").status, 500);
}

TEST_F(Handling, AwaitsDeepChainsOfTasks) {
    EXPECT_EQ(host.get("/coroutine").body, "1000");
}

TEST_F(Handling, PassesExceptionsFromTaskToTask) {
    EXPECT_EQ(host.get("/coroutine_error").problem().find("detail")->as_string(), "seen: nobody is here");
}

TEST_F(Handling, AnswersForATaskThatSaysNothing) {
    EXPECT_EQ(host.get("/nothing").status, 204);
}

TEST_F(Handling, CutsAStreamThatCannotBeWritten) {
    EXPECT_FALSE(host.get("/stream_in_vain").complete);
}

TEST_F(Handling, HandsOverWildcards) {
    EXPECT_EQ(host.get("/files/a/b%2Fc").body, "a/b/c");
}

TEST_F(Handling, ReadsJsonOfAnySuchContentType) {
    const auto send = [&](const char* type, const char* body) {
        return host.send({"POST", "/echo", {{"CONTENT-TYPE", type}}, body}).status;
    };
    EXPECT_EQ(send("application/json; charset=utf-8", "[1]"), 200U);
    EXPECT_EQ(send("application/merge-patch+json", "{}"), 200U);
    EXPECT_EQ(send("text/json", "{}"), 415U);
    EXPECT_EQ(send("application/json", ""), 400U);
    EXPECT_EQ(send("application/json", std::string(100, '[').c_str()), 400U);
}

TEST_F(Handling, DeclaresWhatTheRoutesSay) {
    const auto& routes = host.http().routes();
    EXPECT_EQ(routes[0].scopes, (std::vector<std::string>{"a:read", "a:write"}));
    EXPECT_EQ(routes[0].route.access, static_cast<std::uint32_t>(GANTRY_ACCESS_SCOPED));
    EXPECT_EQ(routes[0].operation_id, "get_error");
    EXPECT_EQ(routes[1].route.access, static_cast<std::uint32_t>(GANTRY_ACCESS_AUTHENTICATED));
    EXPECT_EQ(routes[1].route.flags, static_cast<std::uint32_t>(GANTRY_ROUTE_INTERNAL));
    EXPECT_EQ(routes[2].route.flags, static_cast<std::uint32_t>(GANTRY_ROUTE_BLOCKING));
    EXPECT_EQ(routes[2].route.deadline_ms, 2000U);
    EXPECT_EQ(routes[2].route.body_bytes_max, 7U);
    EXPECT_EQ(routes[7].operation_id, "do_nothing");
}

}  // namespace
}  // namespace sdk_test
