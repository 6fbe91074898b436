// Limits as the pipeline meets them: at once, later, for late verdicts, and for requests that are over by then.
#include "host/http/route_limit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include <gantry/json.hpp>

#include "host/core/thread_kind.hpp"
#include "host/http/route_table.hpp"
#include "tests/host/http/served.hpp"

namespace host::http {
namespace {

using gantry::Json;
using support::HttpAnswer;
using testing::HasSubstr;

using Decided = std::function<void(Allowance)>;

class Scripted : public RouteLimit {
  public:
    explicit Scripted(std::function<void(const std::shared_ptr<Exchange>&, Decided)> ask) : ask_(std::move(ask)) {}
    void ask(const std::shared_ptr<Exchange>& exchange, Decided decided) override { ask_(exchange, std::move(decided)); }
    std::vector<LimitPolicy> policies() const override { return {}; }

  private:
    const std::function<void(const std::shared_ptr<Exchange>&, Decided)> ask_;
};

// Answers from another thread, one after the other.
class Elsewhere {
  public:
    void post(std::function<void()> work) {
        std::lock_guard lock(mutex_);
        threads_.emplace_back(std::move(work));
    }
    // Before the server ends: who answered may still be writing that down.
    void join() {
        std::lock_guard lock(mutex_);
        for (std::thread& thread : threads_)
            thread.join();
        threads_.clear();
    }
    ~Elsewhere() { join(); }

  private:
    std::mutex mutex_;
    std::vector<std::thread> threads_;
};

Allowance within(std::uint64_t remaining) {
    return {Allowance::Outcome::Within, "notes", 10, remaining, 59'001};
}

Allowance exceeded() {
    return {Allowance::Outcome::Exceeded, "notes", 10, 0, 1'500};
}

Route limited(std::function<void(const std::shared_ptr<Exchange>&, Decided)> ask, bool blocking = false) {
    Route made = route("GET", "/notes", [](const std::shared_ptr<Exchange>& exchange) {
        send_text(*exchange, "for " + std::string(exchange->request().path));
    });
    made.blocking = blocking;
    made.limit = std::make_shared<Scripted>(std::move(ask));
    return made;
}

void expect_limits(const HttpAnswer& answer, const char* remaining, const char* reset) {
    EXPECT_EQ(answer.field("X-RateLimit-Limit"), "10");
    EXPECT_EQ(answer.field("X-RateLimit-Remaining"), remaining);
    EXPECT_EQ(answer.field("X-RateLimit-Reset"), reset);
}

TEST(RouteLimit, IsToldWithEveryAnswer) {
    for (const bool blocking : {false, true}) {
        Served served({limited([](const auto&, const Decided& decided) { decided(within(7)); }, blocking)});
        const HttpAnswer answer = served.client().get("/notes");
        EXPECT_EQ(answer.body, "for /notes");
        expect_limits(answer, "7", "60");
        expect_limits(served.client().request("HEAD", "/notes"), "7", "60");
    }
}

TEST(RouteLimit, ThatIsExceededKeepsTheRequestFromItsHandler) {
    Served served({limited([](const auto&, const Decided& decided) { decided(exceeded()); })});
    const HttpAnswer answer = served.client().get("/notes");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.field("Retry-After"), "2");
    expect_limits(answer, "0", "2");
    const Json problem = Json::parse(answer.body);
    EXPECT_EQ(problem.find("code")->as_string(), "RATE_LIMITED");
    EXPECT_EQ(problem.find("details")->find("retry_after_ms")->as_integer(), 1500);
    EXPECT_EQ(served.client().get("/notes").status, 429) << "the connection goes on";
}

TEST(RouteLimit, MayDecideLaterFromAnotherThread) {
    Elsewhere elsewhere;
    std::atomic<int> asked{0};
    Served served({limited([&](const auto&, Decided decided) {
        const bool passes = asked++ % 2 == 0;
        elsewhere.post([decided = std::move(decided), passes] { decided(passes ? within(3) : exceeded()); });
    })});
    for (int i = 0; i < 10; ++i) {
        const HttpAnswer passed = served.client().get("/notes");
        EXPECT_EQ(passed.body, "for /notes");
        expect_limits(passed, "3", "60");
        EXPECT_EQ(served.client().get("/notes").status, 429);
    }
    elsewhere.join();
}

TEST(RouteLimit, ThatDecidesLaterLeavesTheHandlerTheThreadOfItsRoute) {
    for (const bool blocking : {false, true}) {
        Elsewhere elsewhere;
        Route made = limited(
            [&](const auto&, Decided decided) { elsewhere.post([decided = std::move(decided)] { decided(within(3)); }); },
            blocking);
        made.handle = [blocking](const std::shared_ptr<Exchange>& exchange) {
            EXPECT_EQ(core::thread_kind(), blocking ? core::ThreadKind::Blocking : core::ThreadKind::Worker);
            send_text(*exchange, "served");
        };
        Served served({std::move(made)});
        EXPECT_EQ(served.client().get("/notes").body, "served");
        elsewhere.join();
    }
}

TEST(RouteLimit, ThatCannotBeToldIsNoPermission) {
    Served served({limited([](const auto&, const Decided& decided) { decided({Allowance::Outcome::Unknown}); })});
    const HttpAnswer answer = served.client().get("/notes");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(Json::parse(answer.body).find("code")->as_string(), "DEPENDENCY_UNAVAILABLE");
    EXPECT_EQ(answer.field("X-RateLimit-Limit"), "");
}

TEST(RouteLimit, OfNobodyIsNotSpokenOf) {
    Served served({limited([](const auto&, const Decided& decided) { decided({}); })});
    const HttpAnswer answer = served.client().get("/notes");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.count("X-RateLimit-Limit"), 0u);
}

TEST(RouteLimit, ThatDecidesTooLateFindsTheRequestAnswered) {
    std::promise<Decided> kept;
    Route slow = limited([&](const auto&, Decided decided) { kept.set_value(std::move(decided)); });
    slow.deadline = std::chrono::milliseconds(50);
    Served served({std::move(slow)});
    EXPECT_EQ(served.client().get("/notes").status, 504);
    kept.get_future().get()(within(1));
}

TEST(Alarm, ComesOnceBeforeTheDeadlineAndNotAfterTheAnswer) {
    std::promise<void> rung;
    Route waits = route("GET", "/waits", [&](const std::shared_ptr<Exchange>& exchange) {
        exchange->set_alarm(std::chrono::steady_clock::now() + std::chrono::milliseconds(20), [&rung, exchange] {
            rung.set_value();  // a second time would throw
            send_text(*exchange, "rung");
        });
    });
    waits.blocking = true;
    Route answers = route("GET", "/answers", [](const std::shared_ptr<Exchange>& exchange) {
        exchange->set_alarm(std::chrono::steady_clock::now(), [] { ADD_FAILURE() << "it was answered"; });
        send_text(*exchange, "at once");
    });
    answers.blocking = true;
    Served served({std::move(waits), std::move(answers)});
    EXPECT_EQ(served.client().get("/waits").body, "rung");
    EXPECT_EQ(served.client().get("/answers").body, "at once");
}

TEST(Alarm, LeavesTheDeadlineWhereItWas) {
    Route waits = route("GET", "/waits", [](const std::shared_ptr<Exchange>& exchange) {
        exchange->keep();
        auto held = std::make_shared<std::shared_ptr<Exchange>>(exchange);
        exchange->on_cancel([held](core::Code) { held->reset(); });
        exchange->set_alarm(std::chrono::steady_clock::now() + std::chrono::milliseconds(10), [] {});
    });
    waits.blocking = true;
    waits.deadline = std::chrono::milliseconds(400);
    Served served({std::move(waits)});
    EXPECT_EQ(served.client().get("/waits").status, 504);
}

}  // namespace
}  // namespace host::http
