#include "host/http/exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gantry/json.hpp>

#include "tests/host/http/served.hpp"

namespace host::http {
namespace {

using gantry::Json;
using support::HttpAnswer;
using support::HttpClient;
using testing::HasSubstr;

using Held = std::shared_ptr<Exchange>;

// A route whose exchanges go to the test, which answers them when and where it likes.
Route handing_over(std::promise<Held>& to, std::string method = "GET") {
    return route(std::move(method), "/held/{id}", [&to](const Held& exchange) { to.set_value(exchange); });
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

Head event_stream() {
    Head head(200);
    head.add("Content-Type", "text/event-stream; charset=utf-8");
    return head;
}

TEST(Exchange, AnswersInsideTheHandler) {
    Served served({route("GET", "/notes/{id}", [](const Held& e) { send_text(*e, e->params()[0].value); })});
    const HttpAnswer answer = served.client().get("/notes/a%2Fb");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "a/b");
    EXPECT_EQ(answer.field("Content-Type"), "text/plain");
}

TEST(Exchange, AnswersLaterFromAnyThreadWithAKeptRequest) {
    std::promise<Held> handed;
    Served served({route("POST", "/held/{id}", [&](const Held& exchange) {
        exchange->keep();
        handed.set_value(exchange);
    })});
    served.client().send("POST", "/held/7?x=1", {{"X-Mine", "yes"}}, "the body");
    const Held exchange = handed.get_future().get();
    const Request& request = exchange->request();
    EXPECT_EQ(request.body, "the body");
    EXPECT_EQ(request.query, "x=1");
    EXPECT_EQ(request.find("x-mine")->value, "yes");
    EXPECT_TRUE(send_text(*exchange, "later"));
    EXPECT_EQ(served.client().read_answer().body, "later");
}

TEST(Exchange, StillKnowsItsPathWhenTheRequestWasNotKept) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7?secret=x");
    const Held exchange = handed.get_future().get();
    EXPECT_TRUE(exchange->fail(core::Error{core::Code::NotFound, "no 7"}));
    const HttpAnswer answer = served.client().read_answer();
    EXPECT_EQ(Json::parse(answer.body).find("instance")->as_string(), "/held/7");
    EXPECT_THAT(served.log(), HasSubstr("\"path\":\"/held/7\""));
    EXPECT_EQ(count(served.log(), "secret"), 0u);
}

TEST(Exchange, TakesOneOfManyAnswers) {
    std::promise<Held> handed;
    Served served({handing_over(handed), route("GET", "/next", [](const Held& e) { send_text(*e, "next"); })});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::atomic<int> taken{0};
    std::vector<std::thread> racers;
    for (int i = 0; i < 8; ++i) {
        racers.emplace_back([&, i] {
            const bool won = i % 2 == 0 ? send_text(*exchange, "sent") : exchange->fail({.status = 409, .code = "FAILED"});
            taken += won ? 1 : 0;
        });
    }
    for (std::thread& racer : racers)
        racer.join();
    EXPECT_EQ(taken, 1);
    EXPECT_TRUE(exchange->ended());
    EXPECT_THAT(served.client().read_answer().status, testing::AnyOf(200, 409));
    EXPECT_EQ(served.client().get("/next").body, "next") << "no second answer stands in its place";
    EXPECT_EQ(count(served.log(), "\"message\":\"request\""), 2u);
}

TEST(Exchange, GivesBackASliceItDidNotTake) {
    std::atomic<int> released{0};
    const auto slice = [&] {
        gantry_slice made{"slice", 5, [](void* context, const void*, size_t) { ++*static_cast<std::atomic<int>*>(context); },
                          &released};
        return Bytes(made);
    };
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    EXPECT_EQ(exchange->write(slice()), Write::Gone) << "there is no stream";
    EXPECT_EQ(released, 0);
    EXPECT_TRUE(exchange->send(Head(200), slice()));
    EXPECT_FALSE(exchange->send(Head(200), slice()));
    EXPECT_EQ(served.client().read_answer().body, "slice");
    served.stop();
    EXPECT_EQ(released, 1) << "that of the answer, not those that were refused";
}

TEST(Exchange, IsAnsweredForAHandlerThatForgetsIt) {
    Served served({route("GET", "/forgets", [](const Held&) {})});
    const HttpAnswer answer = served.client().get("/forgets");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(Json::parse(answer.body).find("code")->as_string(), "NO_ANSWER");
    EXPECT_THAT(served.log(), HasSubstr("\"route\":\"/forgets\",\"plugin\":\"notes\""));
    EXPECT_THAT(served.log(), HasSubstr("\"level\":\"error\""));
}

TEST(Exchange, IsAnsweredWhenALateHandlerForgetsIt) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    handed.get_future().get().reset();
    handed = {};
    const HttpAnswer answer = served.client().read_answer();
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(Json::parse(answer.body).find("instance")->as_string(), "/held/7");
}

TEST(Exchange, TellsTheClientAndTheHandlerThatTheDeadlinePassed) {
    std::promise<Held> handed;
    Route slow = handing_over(handed);
    slow.deadline = std::chrono::milliseconds(20);
    Served served({std::move(slow)});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::promise<core::Code> told;
    exchange->on_cancel([&](core::Code reason) { told.set_value(reason); });
    const HttpAnswer answer = served.client().read_answer();
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(Json::parse(answer.body).find("code")->as_string(), "DEADLINE_EXCEEDED");
    EXPECT_EQ(told.get_future().get(), core::Code::Timeout);
    EXPECT_FALSE(send_text(*exchange, "too late"));
}

TEST(Exchange, TellsTheHandlerThatTheClientLeft) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::promise<core::Code> told;
    exchange->on_cancel([&](core::Code reason) { told.set_value(reason); });
    // A reset, for a FIN may also come from a client that goes on reading.
    served.client().reset();
    EXPECT_EQ(told.get_future().get(), core::Code::Cancelled);
    EXPECT_FALSE(send_text(*exchange, "nobody reads"));
    EXPECT_FALSE(exchange->open(event_stream(), {}));
    EXPECT_FALSE(exchange->on_cancel([&](core::Code) { ADD_FAILURE() << "who asks too late is told so"; }));
    EXPECT_THAT(served.log(), HasSubstr("\"outcome\":\"client_left\""));
    EXPECT_EQ(count(served.log(), "\"message\":\"request\""), 1u);
}

TEST(Exchange, LetsGoOfTheCancelCallbackWithItsAnswer) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    Held exchange = handed.get_future().get();
    handed = {};
    std::weak_ptr<Exchange> watched = exchange;
    bool called = false;
    // The callback holds the exchange, which holds the callback.
    exchange->on_cancel([exchange, &called](core::Code) { called = true; });
    EXPECT_TRUE(send_text(*exchange, "x"));
    EXPECT_EQ(served.client().read_answer().body, "x");
    served.stop();
    exchange.reset();
    EXPECT_TRUE(watched.expired());
    EXPECT_FALSE(called);
}

TEST(Exchange, StreamsFromAnyThreadAndEndsOnce) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    EXPECT_TRUE(exchange->open(Head(200), {}));
    EXPECT_FALSE(exchange->open(Head(200), {}));
    EXPECT_FALSE(send_text(*exchange, "not beside a stream"));
    EXPECT_EQ(exchange->write(Bytes("one ")), Write::Ok);
    EXPECT_EQ(exchange->write(Bytes("two")), Write::Ok);
    std::atomic<int> closed{0};
    std::vector<std::thread> racers;
    for (int i = 0; i < 4; ++i)
        racers.emplace_back([&] { closed += exchange->close(Outcome::Complete) ? 1 : 0; });
    for (std::thread& racer : racers)
        racer.join();
    EXPECT_EQ(closed, 1);
    EXPECT_EQ(exchange->write(Bytes("three")), Write::Gone);
    const HttpAnswer answer = served.client().read_answer();
    EXPECT_EQ(answer.body, "one two");
    EXPECT_EQ(answer.count("X-Request-Id"), 1u);
    EXPECT_THAT(served.log(), HasSubstr("\"bytes\":7,\"outcome\":\"complete\""));
    EXPECT_EQ(count(served.log(), "\"message\":\"request\""), 1u);
}

TEST(Exchange, TellsAStreamThatItsClientLeft) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::promise<core::Code> closed;
    EXPECT_TRUE(exchange->open(Head(200), {{}, [&](core::Code reason) { closed.set_value(reason); }}));
    EXPECT_EQ(exchange->write(Bytes("one")), Write::Ok);
    EXPECT_EQ(served.client().read_head().status, 200);
    EXPECT_EQ(served.client().read_chunk(), "one");
    served.client().close();
    EXPECT_EQ(closed.get_future().get(), core::Code::Cancelled);
    EXPECT_EQ(exchange->write(Bytes("two")), Write::Gone);
    EXPECT_FALSE(exchange->close(Outcome::Complete));
    EXPECT_THAT(served.log(), HasSubstr("\"bytes\":3,\"outcome\":\"client_left\""));
}

TEST(Exchange, TellsAWriterToWaitAndWhenToGoOn) {
    std::promise<Held> handed;
    Settings settings;
    settings.stream_bytes_max = 64 * 1024;
    Served served({handing_over(handed)}, settings);
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::promise<void> writable;
    EXPECT_TRUE(exchange->open(Head(200), {[&] { writable.set_value(); }, {}}));
    const std::string piece(32 * 1024, 'x');
    std::size_t written = 0;
    Write result = Write::Ok;
    while (result == Write::Ok && written < (std::size_t{1} << 30)) {
        result = exchange->write(Bytes(piece));
        written += piece.size();
    }
    ASSERT_EQ(result, Write::Again);
    std::future<void> may_go_on = writable.get_future();
    EXPECT_EQ(served.client().read_head().status, 200);
    std::size_t read = 0;
    while (read < written)
        read += served.client().read_chunk().value().size();
    may_go_on.get();
    EXPECT_TRUE(exchange->close(Outcome::Complete));
    EXPECT_FALSE(served.client().read_chunk());
    EXPECT_EQ(read, written);
}

TEST(Exchange, NeverTellsAStreamTwoThingsAtOnce) {
    std::promise<Held> handed;
    Settings settings;
    settings.stream_bytes_max = 64 * 1024;
    Served served({handing_over(handed)}, settings);
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::promise<void> inside, go_on;
    std::atomic<bool> over{false}, overlapped{false};
    EXPECT_TRUE(exchange->open(Head(200), {[&] {
                                               inside.set_value();
                                               go_on.get_future().wait();
                                               over = true;
                                           },
                                           [&](core::Code) { overlapped = !over; }}));
    const std::string piece(32 * 1024, 'x');
    std::size_t written = 0;
    for (Write result = Write::Ok; result == Write::Ok;) {
        result = exchange->write(Bytes(piece));
        written += piece.size();
    }
    EXPECT_EQ(served.client().read_head().status, 200);
    for (std::size_t read = 0; read < written;)
        read += served.client().read_chunk().value().size();
    inside.get_future().wait();
    std::thread control([&] { exchange->abort(core::Error(core::Code::Unavailable, "the plugin is stopping")); });
    while (!exchange->ended())
        std::this_thread::yield();
    go_on.set_value();
    control.join();
    EXPECT_TRUE(over);
    EXPECT_FALSE(overlapped);
}

TEST(Exchange, CutsAStreamThatItsHandlerForgets) {
    Served served({route("GET", "/forgets", [](const Held& exchange) {
        exchange->open(Head(200), {});
        exchange->write(Bytes("one"));
    })});
    served.client().send("GET", "/forgets");
    EXPECT_EQ(served.client().read_head().status, 200);
    EXPECT_EQ(served.client().read_chunk(), "one");
    EXPECT_THROW(served.client().read_chunk(), std::runtime_error) << "the body must look incomplete";
    EXPECT_THAT(served.log(), HasSubstr("\"outcome\":\"cut\""));
}

TEST(Exchange, TellsAStreamOfAHeadRequestThatItIsOver) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("HEAD", "/held/7");
    const Held exchange = handed.get_future().get();
    EXPECT_FALSE(exchange->open(event_stream(), {}));
    EXPECT_TRUE(exchange->ended());
    const HttpAnswer answer = served.client().read_answer("HEAD");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.field("Content-Type"), HasSubstr("text/event-stream"));
    EXPECT_EQ(count(served.log(), "\"message\":\"request\""), 1u);
}

TEST(Exchange, KeepsASilentEventStreamAlive) {
    std::promise<Held> handed;
    Settings settings;
    settings.sse_heartbeat = std::chrono::milliseconds(20);
    Served served({handing_over(handed)}, settings);
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    EXPECT_TRUE(exchange->open(event_stream(), {}));
    EXPECT_EQ(served.client().read_head().status, 200);
    EXPECT_TRUE(served.client().read_chunk().value().starts_with(":"));
    EXPECT_TRUE(exchange->close(Outcome::Complete));
}

TEST(Exchange, IsEndedWhenTheServerStops) {
    std::promise<Held> handed;
    Served served({handing_over(handed)});
    served.client().send("GET", "/held/7");
    const Held exchange = handed.get_future().get();
    std::promise<core::Code> told;
    exchange->on_cancel([&](core::Code reason) { told.set_value(reason); });
    served.stop();
    EXPECT_EQ(told.get_future().get(), core::Code::Cancelled);
    EXPECT_FALSE(send_text(*exchange, "nobody reads"));
}

}  // namespace
}  // namespace host::http
