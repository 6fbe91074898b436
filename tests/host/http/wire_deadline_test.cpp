#include <gtest/gtest.h>

#include "tests/host/http/wire_server.hpp"

namespace {

using namespace std::chrono_literals;
using support::RawClient;
using wire::WireServer;

// All long but one, so that a test shows which deadline it was.
wire::Settings with(std::chrono::milliseconds wire::Settings::*deadline) {
    auto settings = wire::quick();
    settings.head_deadline = settings.body_deadline = settings.idle_deadline = settings.write_deadline = 60s;
    settings.linger_deadline = 60s;
    settings.*deadline = 50ms;
    return settings;
}

TEST(WireDeadline, AHeadThatIsNeverFinishedIsAnswered408) {
    WireServer server(wire::echo, with(&wire::Settings::head_deadline));
    RawClient client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX:");
    EXPECT_EQ(client.read_answer().status, 408);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(WireDeadline, AHeadThatTricklesInIsAnswered408) {
    WireServer server(wire::echo, with(&wire::Settings::head_deadline));
    RawClient client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");
    // One more header at a time, for ever: each is progress, but the deadline is for the whole head.
    EXPECT_TRUE(wire::eventually([&] {
        try {
            client.send("X: 1\r\n");
            return server->counters().refused == 1;
        } catch (const std::runtime_error&) {
            return true;
        }
    }));
    EXPECT_EQ(server->counters().refused, 1U);
}

TEST(WireDeadline, ABodyThatStopsIsAnswered408) {
    WireServer server(wire::echo, with(&wire::Settings::body_deadline));
    RawClient client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_EQ(client.read_answer().status, 408);
    RawClient chunked = server.connect();
    chunked.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
    EXPECT_EQ(chunked.read_answer().status, 408);
}

TEST(WireDeadline, AnIdleConnectionIsClosedWithoutAWord) {
    WireServer server(wire::echo, with(&wire::Settings::idle_deadline));
    RawClient silent = server.connect();
    EXPECT_EQ(silent.read_to_end(), "");
    RawClient served = server.connect();
    EXPECT_EQ(served.send(wire::get).read_answer().status, 200);
    EXPECT_EQ(served.read_to_end(), "");
}

TEST(WireDeadline, AConnectionThatWaitsForItsAnswerIsNotIdle) {
    wire::Shelf shelf;
    WireServer server([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); },
                      with(&wire::Settings::idle_deadline));
    RawClient waiting = server.connect();
    waiting.send(wire::get);
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 1; }));
    RawClient idle = server.connect();
    EXPECT_EQ(idle.read_to_end(), "");
    RawClient idle_again = server.connect();
    EXPECT_EQ(idle_again.read_to_end(), "");
    wire::Reply reply = shelf.take();
    wire::answer(reply, "late");
    EXPECT_EQ(waiting.read_answer().body, "late");
}

TEST(WireDeadline, AClientThatDoesNotReadIsCutAndReported) {
    auto watcher = std::make_shared<wire::Watcher>();
    wire::Shelf shelf;
    WireServer server(
        [&](const wire::Request&, wire::Reply reply) {
            reply.watch(watcher);
            reply.open(wire::Head(200), {0ms});
            while (reply.write(wire::Bytes(std::string(100'000, 'w'))) == wire::Write::Ok) {
            }
            shelf.put(std::move(reply));
        },
        [] {
            auto settings = with(&wire::Settings::write_deadline);
            settings.stream_bytes_max = 20'000'000;
            return settings;
        }());
    RawClient client = server.connect(16 * 1024);
    client.send(wire::get);
    EXPECT_TRUE(wire::eventually([&] { return watcher->gone_calls == 1; }));
    EXPECT_EQ(watcher->reason, static_cast<int>(wire::ReplyEvents::Reason::WriteStalled));
    EXPECT_TRUE(wire::eventually([&] { return server->counters().connections == 0; }));
}

TEST(WireDeadline, AClientThatDoesNotCloseAfterARefusalIsClosed) {
    WireServer server(wire::echo, with(&wire::Settings::linger_deadline));
    RawClient client = server.connect();
    client.send("NONSENSE\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 400);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(wire::eventually([&] { return server->counters().connections == 0; }));
}

TEST(WireDeadline, TheDeadlineOfAReplyIsToldAndTheAnswerCanStillBeGiven) {
    auto watcher = std::make_shared<wire::Watcher>();
    wire::Shelf shelf;
    watcher->on_expired = [&] {
        wire::Reply reply = shelf.take();
        reply.send(wire::Head(504), wire::Bytes(std::string("too late")));
    };
    WireServer server([&](const wire::Request&, wire::Reply reply) {
        reply.watch(watcher);
        reply.set_deadline(std::chrono::steady_clock::now() + 10ms);
        shelf.put(std::move(reply));
    });
    RawClient client = server.connect();
    EXPECT_EQ(client.send(wire::get).read_answer().status, 504);
    EXPECT_EQ(watcher->expired_calls, 1);
    EXPECT_EQ(watcher->gone_calls, 0);
}

}  // namespace
