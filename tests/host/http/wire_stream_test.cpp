#include <gtest/gtest.h>

#include <thread>

#include "tests/host/http/wire_server.hpp"

namespace {

using namespace std::chrono_literals;
using support::RawClient;
using wire::Bytes;
using wire::Head;
using wire::Outcome;
using wire::Reply;
using wire::WireServer;
using wire::Write;

// Leaves every reply on the shelf, watched.
struct Streams {
    wire::Handler handler() {
        return [this](const wire::Request&, Reply reply) {
            reply.watch(watcher);
            shelf.put(std::move(reply));
        };
    }
    Reply next() {
        EXPECT_TRUE(wire::eventually([this] { return shelf.size() != 0; }));
        return shelf.take();
    }

    std::shared_ptr<wire::Watcher> watcher = std::make_shared<wire::Watcher>();
    wire::Shelf shelf;
};

Bytes text(std::string value) {
    return Bytes(std::move(value));
}

TEST(WireStream, PiecesBecomeChunksAndTheConnectionStays) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get);
    Reply reply = streams.next();
    reply.open(Head(200).add("Content-Type", "text/plain"), {0ms});
    EXPECT_EQ(reply.write(text("one ")), Write::Ok);
    EXPECT_EQ(client.read_until("4\r\none \r\n").find("Content-Length"), std::string::npos);
    EXPECT_EQ(reply.write(text("")), Write::Ok);
    EXPECT_EQ(reply.write(text(std::string(20'000, '2'))), Write::Ok);
    reply.close(Outcome::Complete);
    EXPECT_FALSE(reply);
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "4e20\r\n" + std::string(20'000, '2') + "\r\n0\r\n\r\n");
    client.send(wire::get);
    Reply second = streams.next();
    wire::answer(second, "again");
    EXPECT_EQ(client.read_answer().body, "again");
    EXPECT_EQ(streams.watcher->gone_calls, 0);
}

TEST(WireStream, AnOldClientReadsUntilTheEnd) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    Reply reply = streams.next();
    reply.open(Head(200), {0ms});
    reply.write(text("no "));
    reply.write(text("chunks"));
    reply.close(Outcome::Complete);
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.fields.at("connection"), "close");
    EXPECT_EQ(answer.body, "no chunks");
}

TEST(WireStream, HeadEndsAStreamAtItsHead) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    Reply reply = streams.next();
    reply.open(Head(200), {0ms});
    EXPECT_EQ(client.read_answer(RawClient::Method::Head).fields.at("transfer-encoding"), "chunked");
    EXPECT_EQ(reply.write(text("x")), Write::Gone);
    client.send(wire::get);
    Reply second = streams.next();
    wire::answer(second, "next");
    EXPECT_EQ(client.read_answer().body, "next");
}

TEST(WireStream, ACutStreamHasNoLastChunk) {
    Streams streams;
    WireServer server(streams.handler());
    for (const bool dropped : {false, true}) {
        RawClient client = server.connect();
        client.send(wire::get);
        Reply reply = streams.next();
        reply.open(Head(200), {0ms});
        reply.write(text("part"));
        if (dropped)
            reply = Reply();
        else
            reply.close(Outcome::Cut);
        client.read_until("4\r\npart\r\n");
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST(WireStream, ASlowReaderCostsBoundedMemoryAndIsToldOfAsRoom) {
    Streams streams;
    auto settings = wire::quick();
    settings.stream_bytes_max = 256 * 1024;
    WireServer server(streams.handler(), settings);
    RawClient client = server.connect(32 * 1024);
    client.send(wire::get);
    Reply reply = streams.next();
    reply.open(Head(200), {0ms});
    const std::string piece(16 * 1024, 's');
    constexpr std::size_t total = 2000;
    std::size_t written = 0, expected_bytes = 0;
    int times_told = 0;
    // 32 MB through a queue of 256 kB; the client reads only when the writer must wait.
    std::string head = "\r\n\r\n";
    bool head_read = false;
    while (written < total) {
        const Write result = reply.write(text(piece));
        ASSERT_NE(result, Write::Gone);
        ++written;
        expected_bytes += piece.size() + 8;
        if (result == Write::Ok) continue;
        if (!std::exchange(head_read, true)) client.read_until(head);
        const int before = times_told;
        while (streams.watcher->writable_calls == before) {
            const std::size_t bytes = std::min<std::size_t>(expected_bytes, 64 * 1024);
            ASSERT_EQ(client.read(bytes).size(), bytes);
            expected_bytes -= bytes;
            // Once everything was read, it must be told.
            if (expected_bytes != 0) continue;
            ASSERT_TRUE(wire::eventually([&] { return streams.watcher->writable_calls != before; }));
        }
        times_told = streams.watcher->writable_calls;
    }
    EXPECT_GT(times_told, 3);
    reply.close(Outcome::Complete);
    client.read(expected_bytes);
    EXPECT_EQ(client.read(5), "0\r\n\r\n");
}

TEST(WireStream, LargeBodiesAreHandedOverAndReleasedOnce) {
    static std::atomic<int> released{0};
    released = 0;
    static const std::string body(5'000'000, 'b');
    WireServer server([](const wire::Request&, Reply reply) {
        const gantry_slice slice{body.data(), body.size(), [](void*, const void*, std::size_t) { ++released; }, nullptr};
        reply.send(Head(200), Bytes(slice));
    });
    RawClient client = server.connect();
    EXPECT_EQ(client.send(wire::get).read_answer().body, body);
    EXPECT_TRUE(wire::eventually([] { return released == 1; }));
    // One that leaves in the middle releases it too.
    RawClient leaver = server.connect(16 * 1024);
    leaver.send(wire::get).read_until("\r\n\r\n");
    leaver.reset();
    EXPECT_TRUE(wire::eventually([] { return released == 2; }));
}

TEST(WireStream, AClientThatLeavesAStreamIsReported) {
    for (const bool reset : {false, true}) {
        Streams streams;
        WireServer server(streams.handler());
        RawClient client = server.connect();
        client.send(wire::get);
        Reply reply = streams.next();
        reply.open(Head(200), {0ms});
        client.read_until("\r\n\r\n");
        if (reset)
            client.reset();
        else
            client.close();
        EXPECT_TRUE(wire::eventually([&] { return streams.watcher->gone_calls == 1; }));
        EXPECT_EQ(streams.watcher->reason, static_cast<int>(wire::ReplyEvents::Reason::ClientLeft));
        EXPECT_EQ(reply.write(text("x")), Write::Gone);
        reply.close(Outcome::Complete);
        EXPECT_EQ(streams.watcher->gone_calls, 1);
    }
}

TEST(WireStream, AClientThatResetsWhileItWaitsIsReported) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get);
    Reply reply = streams.next();
    client.reset();
    EXPECT_TRUE(wire::eventually([&] { return streams.watcher->gone_calls == 1; }));
    wire::answer(reply, "nobody");
}

TEST(WireStream, AHalfClosedClientStillGetsItsAnswers) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get).send(wire::get).finish();
    Reply first = streams.next(), second = streams.next();
    wire::answer(second, "second");
    wire::answer(first, std::string(3'000'000, '1'));
    EXPECT_EQ(client.read_answer().body.size(), 3'000'000U);
    EXPECT_EQ(client.read_answer().body, "second");
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(streams.watcher->gone_calls, 0);
}

TEST(WireStream, AHalfClosedClientThatThenResetsIsReported) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get).finish();
    Reply reply = streams.next();
    client.reset();
    EXPECT_TRUE(wire::eventually([&] { return streams.watcher->gone_calls == 1; }));
}

TEST(WireStream, AStreamThatIsSilentBeats) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get);
    Reply reply = streams.next();
    reply.open(Head(200).add("Content-Type", "text/event-stream"), {1ms});
    client.read_until("2\r\n:\n\r\n");
    // Not in the middle of a line: what comes next must follow directly.
    reply.write(text("data: a"));
    client.read_until("7\r\ndata: a\r\n");
    std::thread([&] {
        // A whole beat of another stream passes.
        RawClient other = server.connect();
        other.send(wire::get);
        Reply later = streams.next();
        later.open(Head(200), {1ms});
        other.read_until("2\r\n:\n\r\n");
        later.close(Outcome::Complete);
    }).join();
    reply.write(text("b\n\n"));
    EXPECT_EQ(client.read(8), "3\r\nb\n\n\r\n");
    client.read_until("2\r\n:\n\r\n");
}

TEST(WireStream, WritesFromManyThreadsAndTheWorkerKeepTheirOrder) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get);
    Reply reply = streams.next();
    std::string expected;
    reply.open(Head(200), {0ms});
    for (int i = 0; i < 200; ++i) {
        const std::string line = std::to_string(i) + "\n";
        expected += line;
        std::thread([&] { reply.write(text(line)); }).join();
    }
    reply.close(Outcome::Complete);
    EXPECT_EQ(client.read_answer().body, expected);
}

TEST(WireStream, ALengthThatIsKnownIsToldAndThePiecesGoOutAsTheyAre) {
    Streams streams;
    WireServer server(streams.handler());
    RawClient client = server.connect();
    client.send(wire::get);
    Reply reply = streams.next();
    reply.open(Head(200), {.length = 8});
    reply.write(text("one "));
    reply.write(text("more"));
    reply.close(Outcome::Complete);
    const RawClient::Answer answer = client.read_answer();
    EXPECT_EQ(answer.fields.at("content-length"), "8");
    EXPECT_EQ(answer.fields.count("transfer-encoding"), 0U);
    EXPECT_EQ(answer.body, "one more");
    client.send(wire::get);
    Reply second = streams.next();
    wire::answer(second, "again");
    EXPECT_EQ(client.read_answer().body, "again") << "the connection goes on";
}

TEST(WireStream, ALengthThatIsNotKeptEndsTheConnection) {
    Streams streams;
    WireServer server(streams.handler());
    for (const auto& [pieces, sent] : {std::pair{std::vector{"one "}, "one "}, {std::vector{"one ", "too much"}, "one "}}) {
        RawClient client = server.connect();
        client.send(wire::get);
        Reply reply = streams.next();
        reply.open(Head(200), {.length = 8});
        for (const char* piece : pieces)
            reply.write(text(piece));
        reply.close(Outcome::Complete);
        client.read_until("\r\n\r\n");
        EXPECT_EQ(client.read_to_end(), sent);
    }
}

}  // namespace
