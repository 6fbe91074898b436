#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

using gantry::testing::UpstreamAnswer;

const std::string url = "https://api.example.org/things";

class Proxy {
  public:
    explicit Proxy(gantry::Host host) : http_(host) {}
    void routes(gantry::Routes<Proxy>& routes) {
        routes.get("/fetch", &Proxy::fetch);
        routes.get("/wait", &Proxy::wait).blocking();
        routes.get("/wait_on_a_loop", &Proxy::wait);
        routes.get("/pass", &Proxy::pass);
        routes.get("/first", &Proxy::first);
        routes.get("/caught", &Proxy::caught);
        routes.put("/upload", &Proxy::upload);
    }

  private:
    Task<Response> fetch(const Request&) const {
        gantry::HttpRequest request("POST", url);
        request.header("x-key", "k")
            .json(Json::object({{"a", 1}}))
            .deadline(std::chrono::seconds(5))
            .retries(2)
            .idempotent();
        request.answer_bytes_max(100);
        const gantry::HttpAnswer answer = co_await http_.fetch(request);
        co_return gantry::text(std::to_string(answer.status()) + " " + std::string(answer.header("X-Kind")) + " " +
                               answer.body());
    }
    Response wait(const Request&) const { return gantry::text(http_.fetch_now(gantry::HttpRequest("GET", url)).body()); }
    Task<void> pass(const Request& request) const {
        gantry::HttpStream upstream = co_await http_.open(gantry::HttpRequest("GET", url));
        gantry::Stream out = request.stream("text/event-stream");
        while (std::optional<std::string> piece = co_await upstream.read())
            co_await out.write(std::move(*piece));
    }
    Task<Response> first(const Request&) const {
        gantry::HttpStream upstream = co_await http_.open(gantry::HttpRequest("GET", url));
        const std::optional<std::string> piece = co_await upstream.read();
        co_return gantry::text(*piece);
    }
    Task<Response> caught(const Request&) const {
        try {
            const gantry::HttpAnswer answer = co_await http_.fetch(gantry::HttpRequest("GET", url));
        } catch (const gantry::UpstreamError& failure) {
            co_return gantry::text(failure.code() + (failure.is_denied() ? " denied" : ""));
        }
        co_return gantry::text("no failure");
    }

    Task<Response> upload(const Request& request) const {
        gantry::HttpRequest wanted("PUT", url);
        wanted.stream_bytes(request.body().size());
        gantry::HttpUpload upload = http_.upload(wanted);
        for (const char c : request.body()) {
            if (!co_await upload.write(std::string(1, c))) break;
        }
        if (request.header("x-give-up")) co_return gantry::text("given up");
        const gantry::HttpAnswer answer = co_await upload.finish();
        co_return gantry::text(std::to_string(answer.status()) + " " + answer.body());
    }

    gantry::HttpClient http_;
};

class HttpClient : public testing::Test {
  protected:
    void SetUp() override { host.start(entry_of<Proxy>()); }
    FakeHost host;
};

TEST_F(HttpClient, SendsWhatWasAskedForAndGivesTheWholeAnswer) {
    host.upstream().expect("POST", url, {201, {"a", "b"}, {{"x-kind", "made"}}});
    EXPECT_EQ(host.get("/fetch").body, "201 made ab");
    const auto call = host.upstream().calls().at(0);
    EXPECT_EQ(call.body, "{\"a\":1}");
    EXPECT_EQ(call.header("Content-Type"), "application/json");
    EXPECT_EQ(call.header("x-key"), "k");
    EXPECT_EQ(call.deadline_ms, 5000u);
    EXPECT_EQ(call.retries_max, 2u);
    EXPECT_EQ(call.flags, static_cast<std::uint32_t>(GANTRY_HTTP_CALL_IDEMPOTENT));
}

TEST_F(HttpClient, GivesUpAnAnswerThatIsLargerThanAllowed) {
    host.upstream().expect("POST", url, {200, std::vector<std::string>(10, std::string(100 * 1024, 'x'))});
    EXPECT_EQ(host.get("/fetch").status, 503);
    host.stop();
    EXPECT_EQ(host.upstream().cancelled(), 1u);
}

TEST_F(HttpClient, WaitsOnAThreadThatMay) {
    host.upstream().expect("GET", url, {200, {"body"}});
    EXPECT_EQ(host.get("/wait").body, "body");
    EXPECT_EQ(host.get("/wait_on_a_loop").status, 500);
}

TEST_F(HttpClient, TellsAClientNothingOfWhomItCalled) {
    host.upstream().expect_failure("POST", url, GANTRY_E_UNAVAILABLE, "TLS_NOT_TRUSTED");
    const auto answer = host.get("/fetch");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body.find("api.example.org"), std::string::npos);
    host.upstream().expect_failure("POST", url, GANTRY_E_TIMEOUT, "DEADLINE");
    EXPECT_EQ(host.get("/fetch").status, 504);
    host.upstream().deny("POST", url);
    EXPECT_EQ(host.get("/fetch").status, 503);
}

TEST_F(HttpClient, NamesWhyACallFailed) {
    host.upstream().deny("GET", url);
    EXPECT_EQ(host.get("/caught").body, "EGRESS_DENIED denied");
    host.upstream().expect_failure("GET", url, GANTRY_E_UNAVAILABLE, "ANSWER_TRUNCATED", {200, {"half"}});
    EXPECT_EQ(host.get("/caught").body, "ANSWER_TRUNCATED");
    host.watch().fail_call(1, GANTRY_E_BUSY);
    host.get("/caught");
}

TEST_F(HttpClient, PassesALongAnswerThroughHoldingTheServerBack) {
    const std::vector<std::string> pieces(20, std::string(16 * 1024, 'x'));
    host.upstream().expect("GET", url, {200, pieces});
    host.http().stream_high_water(32 * 1024);
    const auto pending = host.begin({"GET", "/pass"});
    while (!pending.answered())
        pending.read();
    const auto answer = pending.answer();
    EXPECT_EQ(answer.status, 200);
}

TEST_F(HttpClient, UploadsPieceByPieceAndWaitsWhereItMust) {
    host.upstream().expect("PUT", url, {201, {"ma", "de"}});
    EXPECT_EQ(host.send({"PUT", "/upload", {}, "abcde"}).body, "201 made");
    EXPECT_EQ(host.upstream().calls().at(0).body, "abcde");
    host.upstream().expect_failure("PUT", url, GANTRY_E_UNAVAILABLE, "CONNECTION_LOST");
    EXPECT_EQ(host.send({"PUT", "/upload", {}, "abc"}).status, 503);
}

TEST_F(HttpClient, GivesUpAnUploadThatIsNotFinished) {
    host.upstream().expect("PUT", url, {201, {}});
    EXPECT_EQ(host.send({"PUT", "/upload", {{"x-give-up", "yes"}}, "abc"}).body, "given up");
    host.stop();
    EXPECT_EQ(host.upstream().cancelled(), 1u);
}

TEST_F(HttpClient, GivesUpWhatIsNotReadToItsEnd) {
    host.upstream().expect("GET", url, {200, std::vector<std::string>(1000, std::string(1024, 'x'))});
    EXPECT_EQ(host.get("/first").body, std::string(1024, 'x'));
    host.stop();
    EXPECT_EQ(host.upstream().cancelled(), 1u);
}

}  // namespace
}  // namespace sdk_test
