#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

using namespace std::chrono_literals;

class Sessions {
  public:
    explicit Sessions(gantry::Host host) : kv_(host) {}
    void routes(gantry::Routes<Sessions>& routes) {
        routes.get("/all", &Sessions::all);
        routes.get("/wait", &Sessions::wait).blocking();
        routes.get("/wait_on_a_loop", &Sessions::wait);
        routes.get("/limited", &Sessions::limited);
        routes.get("/read", &Sessions::read);
    }

  private:
    Task<Response> all(const Request&) const {
        std::string out;
        const auto first = co_await kv_.put_new("k", "one", 1min);
        out += first ? "new," : "there,";
        out += co_await kv_.put_new("k", "two") ? "new," : "there,";
        const auto second = co_await kv_.put_if("k", "two", *first);
        out += second ? "swapped," : "changed,";
        out += co_await kv_.put_if("k", "three", *first) ? "swapped," : "changed,";
        const auto found = co_await kv_.get("k");
        out += found->value + (found->version == *second ? "," : "?,");
        out += std::to_string(co_await kv_.add("n", 5)) + std::to_string(co_await kv_.add("n", -7)) + ",";
        out += co_await kv_.remove_if("k", *first) ? "removed," : "kept,";
        out += co_await kv_.remove("k") ? "removed," : "kept,";
        out += co_await kv_.remove("k") ? "removed," : "kept,";
        out += co_await kv_.get("k") ? "there" : "gone";
        co_return gantry::text(out);
    }
    Response wait(const Request&) const {
        kv_.put("k", std::string("\0x", 2)).get();
        return gantry::text(kv_.get("k").get()->value);
    }
    Task<Response> limited(const Request&) const {
        const gantry::KvLimit limit = co_await kv_.limit("who", 2, 1s);
        co_return gantry::text(limit.allowed ? "left " + std::to_string(limit.remaining)
                                             : "in " + std::to_string(limit.retry_after.count()));
    }
    Task<Response> read(const Request&) const {
        const auto found = co_await kv_.get("k");
        co_return gantry::text(found ? found->value : "nothing");
    }

    gantry::Kv kv_;
};

enum class Answers { AtOnce, Later };

class WithKv : public ::testing::TestWithParam<std::tuple<Completions, Answers>> {
  protected:
    WithKv() : host(std::get<0>(GetParam())) {
        if (std::get<1>(GetParam()) == Answers::AtOnce) host.kv().answer_at_once();
        host.start(entry_of<Sessions>());
    }
    FakeHost host;
};
INSTANTIATE_TEST_SUITE_P(Threads, WithKv,
                         ::testing::Combine(::testing::Values(Completions::ByHand, Completions::OnAnotherThread),
                                            ::testing::Values(Answers::AtOnce, Answers::Later)));

TEST_P(WithKv, DoesEveryOperation) {
    EXPECT_EQ(host.get("/all").body, "new,there,swapped,changed,two,5-2,kept,removed,kept,gone");
}

TEST_P(WithKv, LimitsCalls) {
    EXPECT_EQ(host.get("/limited").body, "left 1");
    host.kv().pass_time(400ms);
    EXPECT_EQ(host.get("/limited").body, "left 0");
    EXPECT_EQ(host.get("/limited").body, "in 600");
    host.kv().pass_time(600ms);
    EXPECT_EQ(host.get("/limited").body, "left 0");
}

TEST_P(WithKv, Waits) {
    EXPECT_EQ(host.get("/wait").body, std::string("\0x", 2));
    EXPECT_EQ(host.get("/wait_on_a_loop").status, 500);
}

TEST_P(WithKv, AnswersThatTheStoreIsAway) {
    host.kv().go_away();
    EXPECT_EQ(host.get("/read").status, 503);
    host.kv().go_away(false);
    EXPECT_EQ(host.get("/read").body, "nothing");
    host.kv().put_value("k", "v");
    EXPECT_EQ(host.get("/read").body, "v");
}

TEST_P(WithKv, LeavesNothingBehindWhicheverCallFails) {
    for (std::uint64_t n = 1; n <= 12; ++n) {
        host.watch().fail_call(n, GANTRY_E_UNAVAILABLE);
        EXPECT_GE(host.get("/all").status, 200) << n;
    }
}

}  // namespace
}  // namespace sdk_test
