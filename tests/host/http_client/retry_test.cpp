#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using std::chrono::milliseconds;
using tests::Calling;
using tests::get;
using tests::Outcome;
using tests::Peer;
using tests::post;
using tests::Received;
using tests::ScriptedServer;

Call retrying(Call call, unsigned times = 3) {
    call.retries_max = times;
    return call;
}

// Answers the first `failures` requests with `status`.
ScriptedServer::Script busy(int failures, int status, const std::string& more = {}) {
    auto count = std::make_shared<std::atomic<int>>(0);
    return [=](Peer& peer, const Received&) {
        if ((*count)++ < failures) return peer.answer(status, "busy", more);
        peer.answer(200, "done");
    };
}

TEST(Retry, GoesOnWhenTheServerSaysLater) {
    ScriptedServer server(busy(2, 503));
    Calling calling;
    const Outcome outcome = calling.run(retrying(get(server.url())));
    EXPECT_EQ(outcome.body, "done");
    EXPECT_EQ(outcome.heads, 1u) << "the refusals are not shown";
    EXPECT_EQ(server.received().size(), 3u);
    EXPECT_EQ(calling.client.counts().retries, 2u);
}

TEST(Retry, HandsOutTheLastRefusal) {
    ScriptedServer server(busy(9, 429));
    const Outcome outcome = Calling().run(retrying(get(server.url()), 1));
    EXPECT_EQ(outcome.status, 429);
    EXPECT_EQ(outcome.body, "busy");
    EXPECT_EQ(server.received().size(), 2u);
}

TEST(Retry, WaitsAsLongAsTheServerAsks) {
    ScriptedServer server(busy(1, 429, "Retry-After: 1\r\n"));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Calling().run(retrying(get(server.url()))).body, "done");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(1000));
}

TEST(Retry, DoesNotWaitBeyondTheDeadline) {
    ScriptedServer server(busy(1, 429, "Retry-After: 3600\r\n"));
    Call call = retrying(get(server.url()));
    call.deadline = milliseconds(10'000);
    EXPECT_EQ(Calling().run(std::move(call)).status, 429);
}

TEST(Retry, SendsAPostAgainOnlyIfItIsSaidToBeSafe) {
    ScriptedServer server(busy(1, 503));
    EXPECT_EQ(Calling().run(retrying(post(server.url(), "x"))).status, 503);
    EXPECT_EQ(server.received().size(), 1u);
    ScriptedServer second(busy(1, 503));
    Call safe = retrying(post(second.url(), "x"));
    safe.idempotent = true;
    EXPECT_EQ(Calling().run(std::move(safe)).body, "done");
    EXPECT_EQ(second.received().at(1).body, "x");
}

TEST(Retry, RepeatsAGetWhoseConnectionBroke) {
    std::atomic<int> count = 0;
    ScriptedServer server([&](Peer& peer, const Received&) {
        if (count++ == 0) return peer.reset();
        peer.answer(200, "done");
    });
    EXPECT_EQ(Calling().run(retrying(get(server.url()))).body, "done");
    EXPECT_EQ(server.received().size(), 2u);
}

TEST(Retry, DoesNotRepeatWhatWasPartlyAnswered) {
    ScriptedServer server([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
        peer.close();
    });
    EXPECT_EQ(Calling().run(retrying(get(server.url()))).failure(), "ANSWER_TRUNCATED");
    EXPECT_EQ(server.received().size(), 1u);
}

// A kept connection may be closed just when the next request is on its way. libcurl would send it again by itself.
TEST(Retry, NeverSendsAPostTwiceOnABrokenConnection) {
    ScriptedServer server([](Peer& peer, const Received& received) {
        if (received.target == "/first") return peer.answer(200, "first");
        peer.close();
    });
    Calling calling;
    EXPECT_EQ(calling.run(get(server.url("/first"))).body, "first");
    const Outcome outcome = calling.run(retrying(post(server.url("/pay"), "money")));
    EXPECT_EQ(outcome.failure(), "CONNECTION_LOST");
    EXPECT_EQ(server.received().size(), 2u) << "the payment was sent once";
}

TEST(Retry, OfAConnectionThatCannotBeMadeIsSafeForEveryMethod) {
    std::string url;
    {
        ScriptedServer gone([](Peer&, const Received&) {});
        url = gone.url();
    }
    Calling calling;
    EXPECT_EQ(calling.run(retrying(post(url, "x"), 1)).failure(), "CONNECTION_FAILED");
    EXPECT_EQ(calling.client.counts().retries, 1u);
}

TEST(Retry, IsCancelledWhileItWaits) {
    ScriptedServer server(busy(9, 503, "Retry-After: 20\r\n"));
    Calling calling;
    tests::Pending pending;
    calling.caller->send(retrying(get(server.url())), pending.events(), &pending.id);
    while (calling.client.counts().retries == 0)
        std::this_thread::yield();
    calling.caller->cancel(pending.id);
    EXPECT_EQ(pending.wait().failure(), "CANCELLED");
}

}  // namespace
}  // namespace host::http_client
