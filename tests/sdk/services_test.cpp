#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

using gantry::ServiceCall;

class Library {
  public:
    explicit Library(gantry::Host host) : services_(host), database_(host) {
        services_.provide("test.books/1", *this, gantry::method("find", &Library::find),
                          gantry::method("count", &Library::count), gantry::method("lend", &Library::lend),
                          gantry::method("ask", &Library::ask), gantry::method("burn", &Library::burn));
    }
    void routes(gantry::Routes<Library>& routes) {
        routes.post("/ask", &Library::ask_others);
        routes.post("/patiently", &Library::ask_blocking).blocking();
        routes.post("/cancelled", &Library::ask_and_cancel);
        routes.post("/held", &Library::ask_for_long);
        routes.post("/stop", &Library::stop);
    }

  private:
    Json find(const ServiceCall& call) const {
        return Json::object({{"title", call.json().find("title")->as_string()}, {"for", call.caller()}});
    }
    Task<std::string> count(const ServiceCall& call) const {
        const gantry::Rows rows = co_await database_.query("select", call.argument());
        co_return std::string(call.wanted() ? "wanted" : "not wanted");
    }
    Task<void> lend(const ServiceCall& call) const {
        if (call.principal().empty())
            throw gantry::Error(gantry::Status::Denied, "who lends must be known").code("READER_UNKNOWN");
        co_return;
    }
    Task<Json> ask(const ServiceCall& call) const {
        const gantry::ServiceAnswer answer = co_await services_.call("other.more/1", "get", "x").on_behalf_of(call);
        co_return answer.json();
    }
    void burn(const ServiceCall&) const { throw std::runtime_error("the shelf of secret 42 burns"); }

    Task<Response> ask_others(const Request& request) const {
        const gantry::ServiceAnswer answer = co_await services_.call("other.more/1", "get", request.body())
                                                 .deadline(std::chrono::milliseconds(250))
                                                 .on_behalf_of(request);
        co_return gantry::text(answer.body());
    }
    Response ask_blocking(const Request&) const {
        const Json wanted = Json::object({{"a", 1}});
        return gantry::text(services_.call("other.more/1", "get", wanted).get().body());
    }
    Task<Response> ask_and_cancel(const Request&) const {
        const gantry::ServiceCancel cancel;
        cancel.cancel();
        const gantry::ServiceAnswer answer = co_await services_.call("other.more/1", "get").cancelled_by(cancel);
        co_return gantry::text(answer.body());
    }
    Task<Response> ask_for_long(const Request&) const {
        const gantry::ServiceAnswer answer = co_await services_.call("other.more/1", "get").cancelled_by(long_ones_);
        co_return gantry::text(answer.body());
    }
    Response stop(const Request&) const {
        long_ones_.cancel();
        return gantry::empty();
    }

    gantry::Services services_;
    gantry::Database database_;
    const gantry::ServiceCancel long_ones_;
};

}  // namespace

TEST(ServicesWrapper, ProvidesMemberFunctionsAndCoroutines) {
    FakeHost host;
    host.database().expect_affected("select", 1);
    host.start(entry_of<Library>());
    EXPECT_EQ(host.services().provided(), (std::vector<std::string>{"test.books/1: find count lend ask burn"}));
    const auto found = host.services().ask("test.books/1", "find", {R"({"title":"Emma"})", "reader", {}});
    EXPECT_EQ(found.body, R"({"title":"Emma","for":"reader"})");
    EXPECT_EQ(host.services().ask("test.books/1", "count", {"x", "reader", {}}).body, "wanted");
    EXPECT_EQ(host.services().ask("test.books/1", "lend", {"", "reader", R"({"id":"usr_1"})"}).status, GANTRY_OK);
}

TEST(ServicesWrapper, TellsTheCallerAnErrorAndNoDefect) {
    FakeHost host;
    host.start(entry_of<Library>());
    const auto refused = host.services().ask("test.books/1", "lend", {});
    EXPECT_EQ(refused.status, GANTRY_E_DENIED);
    EXPECT_EQ(refused.code, "READER_UNKNOWN");
    EXPECT_EQ(refused.message, "who lends must be known");
    const auto broken = host.services().ask("test.books/1", "burn", {});
    EXPECT_EQ(broken.status, GANTRY_E_INTERNAL);
    EXPECT_EQ(broken.message, "an internal error occurred");
    EXPECT_EQ(host.services().ask("test.books/1", "find", {"{", "reader", {}}).status, GANTRY_E_INVALID);
}

TEST(ServicesWrapper, CallsOnBehalfOfARequestAndOfACall) {
    FakeHost host;
    host.services().answer("other.more/1", "get", R"({"more":true})");
    host.start(entry_of<Library>());
    EXPECT_EQ(host.send({"POST", "/ask", {}, "what"}).body, R"({"more":true})");
    EXPECT_EQ(host.services().ask("test.books/1", "ask", {}).body, R"({"more":true})");
    EXPECT_EQ(host.send({"POST", "/patiently", {}, ""}).body, R"({"more":true})");
    const auto called = host.services().called();
    ASSERT_EQ(called.size(), 3U);
    EXPECT_EQ(called[0].argument, "what");
    EXPECT_EQ(called[0].deadline_ms, 250U);
    EXPECT_NE(called[0].context, 0U);
    EXPECT_NE(called[1].context, 0U);
    EXPECT_EQ(called[2].argument, R"({"a":1})");
    EXPECT_EQ(called[2].context, 0U);
}

TEST(ServicesWrapper, AnswersItsClientAsItWasAnswered) {
    FakeHost host;
    host.start(entry_of<Library>());
    const auto nobody = host.send({"POST", "/ask", {}, ""});
    EXPECT_EQ(nobody.status, 503);
    EXPECT_NE(nobody.body.find("DEPENDENCY_UNAVAILABLE"), std::string::npos) << nobody.body;
    host.services().answer("other.more/1", "get", {GANTRY_E_NOT_FOUND, "", "BOOK_NOT_FOUND", "there is no such book"});
    const auto none = host.send({"POST", "/ask", {}, ""});
    EXPECT_EQ(none.status, 404);
    EXPECT_NE(none.body.find("BOOK_NOT_FOUND"), std::string::npos) << none.body;
    host.watch().fail_call(1, GANTRY_E_DENIED);
    EXPECT_EQ(host.send({"POST", "/ask", {}, ""}).status, 403);
}

TEST(ServicesWrapper, EndsCallsThatAreCancelledOrOpenWhenThePluginStops) {
    FakeHost host;
    host.services().hold("other.more/1", "get");
    host.start(entry_of<Library>());
    EXPECT_GE(host.send({"POST", "/cancelled", {}, ""}).status, 500);
    EXPECT_EQ(host.services().called().size(), 0U) << "a call that was cancelled before is not made";
    const auto held = host.begin({"POST", "/held", {}, ""});
    while (host.services().held() == 0)
        std::this_thread::yield();
    EXPECT_FALSE(held.answered());
    EXPECT_EQ(host.send({"POST", "/stop", {}, ""}).status, 204);
    EXPECT_GE(held.answer().status, 500);
    const auto pending = host.begin({"POST", "/ask", {}, ""});
    while (host.services().held() == 0)
        std::this_thread::yield();
    host.stop();
    EXPECT_TRUE(pending.answered());
}

TEST(ServicesWrapper, DoesNotStartWhereTheHostRefusesAService) {
    FakeHost host;
    host.watch().fail_call(1, GANTRY_E_INVALID);
    EXPECT_THROW(host.start(entry_of<Library>()), std::runtime_error);
}

}  // namespace sdk_test
