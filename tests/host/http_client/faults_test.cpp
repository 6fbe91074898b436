// What a broken or hostile server can do to a call: nothing but end it, in time and with a reason.
#include "host/http_client/client.hpp"

#include <sys/socket.h>

#include <future>

#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using std::chrono::milliseconds;
using tests::Calling;
using tests::get;
using tests::Outcome;
using tests::Peer;
using tests::Pending;
using tests::Received;
using tests::ScriptedServer;

Outcome meet(const ScriptedServer::Script& script, const std::function<void(Call&)>& change = {}, Settings settings = {}) {
    ScriptedServer server(script);
    Calling calling(std::move(settings));
    Call call = get(server.url());
    if (change) change(call);
    return calling.run(std::move(call));
}

TEST(Faults, AnAnswerThatIsCutIsNoSuccess) {
    const Outcome outcome = meet([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        peer.close();
    });
    EXPECT_EQ(outcome.failure(), "ANSWER_TRUNCATED");
    EXPECT_EQ(outcome.body, "only this");
}

TEST(Faults, AChunkedAnswerWithoutItsEndIsNoSuccess) {
    const Outcome outcome = meet([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n");
        peer.close();
    });
    EXPECT_NE(outcome.failure(), "");
    EXPECT_EQ(outcome.body, "piece");
}

TEST(Faults, AResetWithinTheBodyEndsTheCall) {
    const Outcome outcome = meet([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npiece");
        peer.reset();
    });
    EXPECT_EQ(outcome.error->code(), core::Code::Unavailable);
    EXPECT_EQ(outcome.heads, outcome.status == 200 ? 1u : 0u);
}

TEST(Faults, MoreThanTheStatedLengthIsNotTakenForAnAnswer) {
    ScriptedServer server([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    });
    Calling calling;
    EXPECT_EQ(calling.run(get(server.url("/1"))).body, "ok");
    EXPECT_EQ(calling.run(get(server.url("/2"))).body, "ok") << "what a server says unasked is not the next call's answer";
    EXPECT_EQ(server.connections(), 2u);
}

TEST(Faults, ASilentServerIsLeftAtTheDeadline) {
    const Outcome outcome = meet([](Peer& peer, const Received&) { peer.wait_for_close(); },
                                 [](Call& call) { call.deadline = milliseconds(100); });
    EXPECT_EQ(outcome.failure(), "DEADLINE");
    EXPECT_EQ(outcome.error->code(), core::Code::Timeout);
}

TEST(Faults, AServerThatFallsSilentWithinItsAnswerIsLeft) {
    const Outcome outcome = meet(
        [](Peer& peer, const Received&) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npiece");
            peer.wait_for_close();
        },
        [](Call& call) { call.idle = milliseconds(100); });
    EXPECT_EQ(outcome.failure(), "IDLE");
    EXPECT_EQ(outcome.body, "piece");
}

TEST(Faults, ASlowServerIsBoundByTheDeadlineHoweverAliveItIs) {
    const Outcome outcome = meet(
        [](Peer& peer, const Received&) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            std::string ignored;
            const timeval patience{0, 20'000};
            setsockopt(peer.socket(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            for (int i = 0; i < 1000 && recv(peer.socket(), ignored.data(), 0, MSG_PEEK) <= 0 && errno == EAGAIN; ++i)
                if (!peer.send_some("x")) break;
            peer.close();
        },
        [](Call& call) {
            call.deadline = milliseconds(300);
            call.idle = milliseconds(5'000);
        });
    EXPECT_NE(outcome.failure(), "");
}

TEST(Faults, AStreamIsNotBoundByTheDeadlineOnceItHasBegun) {
    std::promise<void> over;
    std::shared_future<void> deadline_over = over.get_future().share();
    ScriptedServer server([deadline_over](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
        deadline_over.wait_for(std::chrono::seconds(20));
        peer.send("b");
    });
    Calling calling;
    Call stream = get(server.url());
    stream.deadline = milliseconds(200);
    stream.stream = true;
    Pending pending;
    calling.caller->send(std::move(stream), pending.events(), &pending.id);
    pending.wait_until([](const Outcome& outcome) { return outcome.body == "a"; });
    // Another call that waits as long as the stream's deadline and a bit: after it, the deadline has passed.
    ScriptedServer silent([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Call clock = get(silent.url());
    clock.deadline = milliseconds(400);
    EXPECT_EQ(calling.run(std::move(clock)).failure(), "DEADLINE");
    over.set_value();
    const Outcome outcome = pending.wait();
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.body, "ab");
}

TEST(Faults, AHeadWithoutEndIsGivenUp) {
    const Outcome outcome = meet(
        [](Peer& peer, const Received&) {
            peer.send("HTTP/1.1 200 OK\r\n");
            while (!peer.closed())
                peer.send("X-Filler: " + std::string(1000, 'x') + "\r\n");
        },
        {}, {.head_bytes_max = 16 * 1024});
    EXPECT_EQ(outcome.failure(), "ANSWER_HEAD_TOO_LARGE");
    EXPECT_EQ(outcome.heads, 0u);
}

TEST(Faults, InterimAnswersAreNotTheAnswer) {
    const Outcome outcome = meet([](Peer& peer, const Received&) {
        peer.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    EXPECT_EQ(outcome.status, 200);
    EXPECT_EQ(outcome.heads, 1u);
    EXPECT_EQ(outcome.header("Link"), "");
}

TEST(Faults, WhatIsNoHttpIsAnError) {
    for (const char* text :
         {"SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n"}) {
        const Outcome outcome = meet([text](Peer& peer, const Received&) {
            peer.send(text);
            peer.close();
        });
        EXPECT_NE(outcome.failure(), "") << text;
        EXPECT_EQ(outcome.heads, 0u) << text;
    }
}

TEST(Faults, ARefusedConnectionIsNamed) {
    std::string url;
    {
        ScriptedServer gone([](Peer&, const Received&) {});
        url = gone.url();
    }
    Calling calling;
    const Outcome outcome = calling.run(get(url));
    EXPECT_EQ(outcome.failure(), "CONNECTION_FAILED");
    EXPECT_TRUE(outcome.error->retryable());
    EXPECT_EQ(outcome.error->where(), url.substr(7, url.size() - 8));
}

}  // namespace
}  // namespace host::http_client
