#include "host/http_client/client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <future>
#include <list>

#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using tests::Calling;
using tests::get;
using tests::Outcome;
using tests::Peer;
using tests::Pending;
using tests::post;
using tests::Received;
using tests::ScriptedServer;

TEST(Client, SendsARequestAsItWasGivenAndHandsOutTheAnswer) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(201, "made", "X-Kind: a\r\nX-Kind: b\r\n"); });
    Calling calling;
    Call call = post(server.url("/things?a=b%20c"), "{\"x\":1}");
    call.headers = {{"Content-Type", "application/json"}, {"X-Key", "k"}, {"X-Empty", ""}};
    const Outcome outcome = calling.run(std::move(call));
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.status, 201);
    EXPECT_EQ(outcome.body, "made");
    EXPECT_EQ(outcome.heads, 1u);
    EXPECT_EQ(
        std::count_if(outcome.headers.begin(), outcome.headers.end(), [](const Header& h) { return h.name == "X-Kind"; }),
        2);
    const Received received = server.received().at(0);
    EXPECT_EQ(received.method + " " + received.target + " " + received.body, "POST /things?a=b%20c {\"x\":1}");
    EXPECT_EQ(received.header("content-type"), "application/json");
    EXPECT_EQ(received.header("x-key"), "k");
    EXPECT_NE(received.head.find("X-Empty:"), std::string::npos);
    EXPECT_EQ(received.header("host"), server.authority());
    EXPECT_EQ(received.header("expect"), "");
}

TEST(Client, SendsEveryMethodWithoutInventingHeaders) {
    ScriptedServer server([](Peer& peer, const Received& received) {
        if (received.method == "HEAD") return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        peer.answer(200, received.method);
    });
    Calling calling;
    for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "POST", "REPORT"}) {
        Call call = get(server.url());
        call.method = method;
        const Outcome outcome = calling.run(std::move(call));
        EXPECT_EQ(outcome.failure(), "") << method;
        EXPECT_EQ(outcome.body, std::string(method) == "HEAD" ? "" : method);
        EXPECT_EQ(server.received().back().method, method);
        EXPECT_EQ(server.received().back().header("content-type"), "") << method;
        EXPECT_EQ(server.received().back().header("expect"), "") << method;
        EXPECT_EQ(server.received().back().header("accept"), "*/*") << method;
        EXPECT_EQ(server.received().back().header("user-agent").substr(0, 7), "gantry/") << method;
    }
    EXPECT_EQ(server.connections(), 1u) << "the connection is kept";
}

TEST(Client, NamesItselfOnlyWhereTheCallNamesNobody) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, ""); });
    Calling calling;
    Call call = get(server.url());
    call.headers = {{"User-Agent", "mine/1"}, {"Accept", "text/plain"}};
    EXPECT_EQ(calling.run(std::move(call)).failure(), "");
    const std::string head = server.received().at(0).head;
    EXPECT_EQ(server.received().at(0).header("user-agent"), "mine/1");
    EXPECT_EQ(server.received().at(0).header("accept"), "text/plain");
    EXPECT_EQ(head.find("gantry/"), std::string::npos) << head;
    EXPECT_EQ(head.find("*/*"), std::string::npos) << head;
    EXPECT_EQ(calling.run(get(server.url())).failure(), "");
    EXPECT_EQ(server.received().at(1).header("user-agent").substr(0, 7), "gantry/") << "nothing of a call reaches the next";
}

TEST(Client, StreamsAnAnswerAsItComes) {
    std::promise<void> seen;
    std::shared_future<void> first_seen = seen.get_future().share();
    ScriptedServer server([first_seen](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n");
        first_seen.wait_for(std::chrono::seconds(20));
        peer.send("6\r\nsecond\r\n0\r\nX-Trailer: t\r\n\r\n");
    });
    Calling calling;
    Pending pending;
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    const Outcome early = pending.wait_until([](const Outcome& outcome) { return outcome.body == "first "; });
    EXPECT_FALSE(early.done);
    seen.set_value();
    const Outcome outcome = pending.wait();
    EXPECT_EQ(outcome.body, "first second");
    EXPECT_EQ(outcome.header("X-Trailer"), "") << "a trailer is no header";
}

TEST(Client, HoldsASenderBackUntilTheReceiverGoesOn) {
    constexpr std::size_t most = 64 * 1024 * 1024;
    std::promise<std::size_t> stalled;
    auto stalled_at = stalled.get_future();
    std::atomic<bool> told = false;
    ScriptedServer server([&](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        const timeval patience{1, 0};
        setsockopt(peer.socket(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const std::string piece(64 * 1024, 'x');
        std::size_t sent = 0;
        while (sent < most) {
            // A write that gives up after a second is a receiver that does not read.
            const ssize_t went = ::send(peer.socket(), piece.data(), piece.size(), MSG_NOSIGNAL);
            if (went > 0) sent += static_cast<std::size_t>(went);
            if (went < 0 && errno == EAGAIN && !told.exchange(true)) stalled.set_value(sent);
            if (went < 0 && errno != EAGAIN) break;
        }
        peer.close();
    });
    Calling calling;
    Pending pending;
    std::atomic<bool> pausing = true;
    pending.flow = [&](const Outcome&) { return pausing ? Flow::Pause : Flow::More; };
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    ASSERT_EQ(stalled_at.wait_for(std::chrono::seconds(20)), std::future_status::ready) << "nothing held the sender back";
    EXPECT_LT(stalled_at.get(), most);
    EXPECT_LE(pending.so_far().body.size(), 64u * 1024);
    calling.caller->resume(pending.id);
    pending.wait_until([](const Outcome& outcome) { return outcome.pieces == 2; });
    pausing = false;
    calling.caller->resume(pending.id);
    calling.caller->cancel(pending.id);
    EXPECT_EQ(pending.wait().failure(), "CANCELLED");
}

TEST(Client, GoesOnAfterEveryPause) {
    const std::string body(300'000, 'x');
    ScriptedServer server([&](Peer& peer, const Received&) { peer.answer(200, body); });
    Calling calling;
    Pending pending;
    pending.flow = [&](const Outcome&) {
        calling.caller->resume(pending.id);
        return Flow::Pause;
    };
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    const Outcome outcome = pending.wait();
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.body.size(), body.size());
    EXPECT_GT(outcome.pieces, 5u);
}

TEST(Client, IsGivenUpByItsReceiver) {
    ScriptedServer server([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npiece");
        peer.wait_for_close();
    });
    Calling calling;
    Pending pending;
    pending.flow = [](const Outcome&) { return Flow::Stop; };
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    EXPECT_EQ(pending.wait().failure(), "CANCELLED");
}

TEST(Client, IsGivenUpByItsReceiverAfterAPause) {
    const std::string begun(300'000, 'x');
    ScriptedServer server([&](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + begun);
        peer.wait_for_close();
    });
    Calling calling;
    Pending pending;
    // What is held back while it pauses is given out by resume(). It says stop there, and nothing more comes.
    pending.flow = [&](const Outcome& outcome) {
        calling.caller->resume(pending.id);
        return outcome.body.size() < begun.size() ? Flow::Pause : Flow::Stop;
    };
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    EXPECT_EQ(pending.wait().failure(), "CANCELLED");
}

TEST(Client, CancelsACallThatWaits) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Calling calling;
    Pending pending;
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    calling.caller->cancel(pending.id + 1000);
    calling.caller->cancel(pending.id);
    EXPECT_EQ(pending.wait().failure(), "CANCELLED");
    calling.caller->cancel(pending.id);
    EXPECT_EQ(calling.client.counts().active, 0u);
}

TEST(Client, LetsNobodyTouchTheCallsOfAnother) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "x"); });
    Calling calling;
    const auto stranger = calling.client.caller("other", Egress("other", {}, {}));
    Pending pending;
    pending.flow = [](const Outcome&) { return Flow::More; };
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    stranger->cancel(pending.id);
    stranger->abandon();
    EXPECT_EQ(pending.wait().failure(), "");
}

TEST(Client, AbandonsEverythingOfOneUserBeforeItReturns) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Calling calling;
    std::list<Pending> calls;
    for (int i = 0; i < 20; ++i) {
        Pending& pending = calls.emplace_back();
        calling.caller->send(get(server.url()), pending.events(), &pending.id);
    }
    calling.caller->abandon();
    for (Pending& pending : calls) {
        EXPECT_TRUE(pending.so_far().done);
        EXPECT_EQ(pending.so_far().failure(), "CANCELLED");
    }
    EXPECT_EQ(calling.refusal(get(server.url())), "CANCELLED");
}

TEST(Client, EndsWhatIsLeftWhenItStops) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Calling calling;
    Pending pending;
    calling.caller->send(get(server.url()), pending.events(), &pending.id);
    calling.client.stop();
    EXPECT_EQ(pending.so_far().failure(), "CANCELLED");
    EXPECT_EQ(calling.refusal(get(server.url())), "CANCELLED");
}

TEST(Client, RefusesMoreCallsThanItMayHaveUnderWay) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Calling calling({.calls_max = 2});
    Pending first;
    Pending second;
    calling.caller->send(get(server.url()), first.events(), &first.id);
    calling.caller->send(get(server.url()), second.events(), &second.id);
    EXPECT_EQ(calling.refusal(get(server.url())), "BUSY");
    calling.caller->cancel(first.id);
    first.wait();
    calling.caller->abandon();
}

TEST(Client, ServesManyAtOnceFromManyThreads) {
    ScriptedServer server([](Peer& peer, const Received& received) { peer.answer(200, received.target); });
    Calling calling({.connections_per_host_max = 8});
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
                if (calling.run(get(server.url(path))).body == path) ++right;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(right, 200);
    EXPECT_LE(server.connections(), 8u);
    const Counts counts = calling.client.counts();
    EXPECT_EQ(counts.accepted, 200u);
    EXPECT_EQ(counts.failed, 0u);
    EXPECT_EQ(counts.active, 0u);
}

TEST(Client, GoesThroughTheProxyThatIsConfiguredAndNoOther) {
    ScriptedServer proxy([](Peer& peer, const Received&) { peer.answer(200, "by proxy"); });
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "direct"); });
    setenv("http_proxy", proxy.url().c_str(), 1);
    EXPECT_EQ(Calling().run(get(server.url())).body, "direct");
    unsetenv("http_proxy");
    Calling calling({.proxy = "http://user:pw@" + proxy.authority()}, {"api.example.org:*"});
    const Outcome outcome = calling.run(get("http://api.example.org/x"));
    EXPECT_EQ(outcome.body, "by proxy");
    EXPECT_EQ(proxy.received().at(0).target, "http://api.example.org/x");
    EXPECT_EQ(proxy.received().at(0).header("proxy-authorization"), "Basic dXNlcjpwdw==");
}

}  // namespace
}  // namespace host::http_client
