#include <filesystem>
#include <future>
#include <map>
#include <thread>

#include "tests/host/http/websocket_served.hpp"

namespace host::http {
namespace {

using namespace std::chrono_literals;
using support::RawClient;

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

TEST(WebSocket, TheHandshakeIsThatOfTheStandardsExample) {
    WebSocketServed served;
    RawClient client = served.connect("/echo", "X-Request-Id: mine\r\n");
    EXPECT_NE(served.head.find(frames::accept_field), std::string::npos) << served.head;
    EXPECT_NE(served.head.find("X-Request-Id: mine\r\n"), std::string::npos);
    EXPECT_EQ(served.head.find("Beast"), std::string::npos) << "what it is made of is nobody's business";
}

TEST(WebSocket, MessagesOfEverySizeComeBackAsTheyWere) {
    WebSocketServed served([](Settings& settings) { settings.websocket.message_bytes_max = 2'000'000; });
    RawClient client = served.connect("/echo");
    for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536, 1'500'000}) {
        for (const int opcode : {frames::text, frames::binary}) {
            const std::string message(size, opcode == frames::text ? 'x' : '\xff');
            client.send(frames::frame(opcode, message));
            const frames::Frame back = next_frame(client);
            EXPECT_EQ(back.opcode, opcode);
            EXPECT_TRUE(back.last);
            EXPECT_FALSE(back.masked) << "a server does not mask";
            EXPECT_TRUE(back.payload == message);
        }
    }
}

TEST(WebSocket, AMessageMayComeInPiecesWithAPingBetweenAndByteByByte) {
    WebSocketServed served;
    RawClient client = served.connect("/echo");
    const std::string bytes =
        frames::frame(frames::text, "one \xe2\x82", {.last = false}) + frames::frame(frames::ping, "here?") +
        frames::frame(frames::continuation, "\xac", {.last = false}) + frames::frame(frames::continuation, " two");
    for (const char& byte : bytes)
        client.send({&byte, 1});
    const frames::Frame pong = next_frame(client);
    EXPECT_EQ(pong.opcode, frames::pong);
    EXPECT_EQ(pong.payload, "here?");
    EXPECT_EQ(next_frame(client).payload, "one \u20ac two");
}

TEST(WebSocket, WhatFollowsTheHandshakeInTheSameSegmentIsNotLost) {
    WebSocketServed served;
    for (int i = 0; i < 100; ++i) {
        RawClient client(served->address());
        client.send(frames::handshake("/echo") + frames::frame(frames::text, "early") + frames::frame(frames::text, "bird"));
        client.read_until("\r\n\r\n");
        EXPECT_EQ(next_frame(client).payload, "early");
        EXPECT_EQ(next_frame(client).payload, "bird");
    }
}

TEST(WebSocket, RequestsBeforeItAreAnsweredFirstAndARouteMayDecline) {
    WebSocketServed served;
    RawClient client(served->address());
    client.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n" + frames::handshake("/plain") +
                "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n" + frames::handshake("/echo") +
                frames::frame(frames::text, "hello"));
    EXPECT_EQ(client.read_answer().body, "plain");
    EXPECT_EQ(client.read_answer().body, "plain");
    EXPECT_EQ(client.read_answer().status, 404);
    EXPECT_EQ(client.read_until("\r\n\r\n").substr(0, 13), "HTTP/1.1 101 ");
    EXPECT_EQ(next_frame(client).payload, "hello");
}

TEST(WebSocket, ARouteOfThePoolAcceptsToo) {
    WebSocketServed served;
    RawClient client = served.connect("/blocking");
    client.send(frames::frame(frames::text, "hello"));
    EXPECT_EQ(next_frame(client).payload, "hello");
}

TEST(WebSocket, OnlyAnOfferedSubprotocolIsAgreedOn) {
    WebSocketServed served;
    served.connect("/chat", "Sec-WebSocket-Protocol: chat.v2, chat.v1\r\n");
    EXPECT_NE(served.head.find("Sec-WebSocket-Protocol: chat.v1\r\n"), std::string::npos);
    EXPECT_EQ(served.refused(frames::handshake("/chat", "Sec-WebSocket-Protocol: chat.v2\r\n")).status, 400);
    EXPECT_EQ(served.refused(frames::handshake("/chat")).status, 400);
}

TEST(WebSocket, OtherRequestsAreToldWhatIsWanted) {
    WebSocketServed served;
    const std::string good = frames::handshake("/echo");
    const auto without = [&](const std::string& line) {
        std::string changed = good;
        return changed.erase(changed.find(line), line.size() + 2);
    };
    const auto instead = [&](const std::string& from, const std::string& to) {
        std::string changed = good;
        return changed.replace(changed.find(from), from.size(), to);
    };
    for (const std::string& request :
         {without("Upgrade: websocket"), without("Connection: Upgrade"), without("Sec-WebSocket-Version: 13"),
          without("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), instead("Version: 13", "Version: 12"),
          instead("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ=="), instead("websocket", "h2c")}) {
        const auto answer = served.refused(request);
        EXPECT_EQ(answer.status, 400) << request;
        EXPECT_NE(answer.body.find("UPGRADE_REQUIRED"), std::string::npos) << answer.body;
    }
}

TEST(WebSocket, PagesOfOtherOriginsAreRefusedUnlessTheRouteOrCorsAdmitsThem) {
    WebSocketServed served([](Settings& settings) { settings.cors.origins = {"https://app.example.org"}; });
    const auto from = [](const std::string& origin) { return "Origin: " + origin + "\r\n"; };
    for (const char* own : {"http://server.example.com", "http://SERVER.example.com:80", "https://app.example.org"}) {
        served.connect("/echo", from(own));
    }
    for (const char* other : {"https://evil.example.net", "http://server.example.com:8080", "null",
                              "http://server.example.com.evil", "https://server.example.com.evil", ""}) {
        const auto answer = served.refused(frames::handshake("/echo", from(other)));
        EXPECT_EQ(answer.status, 403) << other;
        EXPECT_NE(answer.body.find("ORIGIN_NOT_ALLOWED"), std::string::npos);
    }
    served.connect("/any", from("https://evil.example.net"));
}

TEST(WebSocket, WhatBreaksTheProtocolIsClosedWithTheRightCode) {
    WebSocketServed served([](Settings& settings) { settings.websocket.message_bytes_max = 1000; });
    using frames::frame;
    const struct {
        const char* what;
        std::string bytes;
        std::uint16_t code;
    } cases[] = {
        {"an unmasked frame", frame(frames::text, "x", {.masked = false}), 1002},
        {"the first reserved bit", frame(frames::text, "x", {.reserved = 4}), 1002},
        {"another reserved bit", frame(frames::binary, "x", {.reserved = 1}), 1002},
        {"a reserved opcode", frame(3, "x"), 1002},
        {"a reserved control opcode", frame(11, "x"), 1002},
        {"a control frame of 126 bytes", frame(frames::ping, std::string(126, 'x')), 1002},
        {"a control frame in pieces", frame(frames::ping, "x", {.last = false}), 1002},
        {"a continuation of nothing", frame(frames::continuation, "x"), 1002},
        {"a message within a message", frame(frames::text, "x", {.last = false}) + frame(frames::text, "y"), 1002},
        {"a close frame of one byte", frame(frames::close, "x"), 1002},
        {"a close code below 1000", frames::close_frame(999), 1002},
        {"a close code that is never sent", frames::close_frame(1005), 1002},
        {"a close code that nobody knows", frames::close_frame(2999), 1002},
        {"a close reason that is no UTF-8", frames::close_frame(1000, "\xff"), 1002},
        {"a text that is no UTF-8", frame(frames::text, "\xff"), 1007},
        {"an overlong character", frame(frames::text, "\xc0\xaf"), 1007},
        {"a surrogate", frame(frames::text, "\xed\xa0\x80"), 1007},
        {"a character that does not end", frame(frames::text, "\xe2\x82"), 1007},
        {"bad UTF-8 in the second piece", frame(frames::text, "\xe2", {.last = false}) + frame(frames::continuation, "x"),
         1007},
        {"a message above the limit", frame(frames::text, std::string(1001, 'x')), 1009},
        {"a message above the limit in pieces",
         frame(frames::binary, std::string(600, 'x'), {.last = false}) + frame(frames::continuation, std::string(600, 'x')),
         1009},
        {"a frame that announces 2^62 bytes", std::string("\x82\xff\x40\0\0\0\0\0\0\0\1\2\3\4", 14), 1009},
    };
    std::size_t closes = 0;
    for (const auto& one : cases) {
        RawClient client = served.connect("/echo");
        client.send(one.bytes);
        const frames::Frame answer = next_frame(client);
        EXPECT_EQ(answer.opcode, frames::close) << one.what;
        EXPECT_EQ(answer.close_code(), one.code) << one.what;
        EXPECT_EQ(client.read_to_end(), "") << one.what;
        client.close();
        EXPECT_EQ(served.journal.close_at(closes++), std::to_string(one.code)) << one.what;
    }
}

TEST(WebSocket, ACloseOfTheClientIsAnsweredAndTold) {
    WebSocketServed served;
    RawClient named = served.connect("/echo");
    named.send(frames::frame(frames::text, "last") + frames::close_frame(4001, "bye"));
    EXPECT_EQ(next_frame(named).payload, "last");
    EXPECT_EQ(next_frame(named).close_code(), 4001);
    EXPECT_EQ(named.read_to_end(), "");
    named.close();
    EXPECT_EQ(served.journal.close_at(0), "4001 bye");
    RawClient nameless = served.connect("/echo");
    nameless.send(frames::frame(frames::close, ""));
    EXPECT_EQ(next_frame(nameless).opcode, frames::close);
    nameless.close();
    EXPECT_EQ(served.journal.close_at(1), "1005");
    EXPECT_EQ(served.journal.socket_at(0)->send(Opcode::Text, Bytes(std::string("x"))), WebSocket::Sent::Gone);
    EXPECT_FALSE(served.journal.socket_at(0)->close(1000, ""));
}

TEST(WebSocket, OurCloseGoesOutBehindWhatWasSentAndWaitsForTheClients) {
    WebSocketServed served;
    RawClient client = served.connect("/echo");
    const auto socket = served.journal.socket_at(0);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(socket->send(Opcode::Text, Bytes("message " + std::to_string(i))), WebSocket::Sent::Ok);
    EXPECT_TRUE(socket->close(4000, "done"));
    EXPECT_EQ(socket->send(Opcode::Text, Bytes(std::string("late"))), WebSocket::Sent::Gone);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(next_frame(client).payload, "message " + std::to_string(i));
    const frames::Frame close = next_frame(client);
    EXPECT_EQ(close.close_code(), 4000);
    EXPECT_EQ(close.payload.substr(2), "done");
    EXPECT_EQ(served.journal.closes(), 0u);
    client.send(frames::frame(frames::text, "crossing") + frames::close_frame(4000));
    EXPECT_EQ(client.read_to_end(), "");
    client.close();
    EXPECT_EQ(served.journal.close_at(0), "4000 done");
}

TEST(WebSocket, AClientThatDoesNotAnswerTheCloseIsCut) {
    WebSocketServed served([](Settings& settings) { settings.websocket.close_deadline = 300ms; });
    RawClient client = served.connect("/echo");
    served.journal.socket_at(0)->close(1000, "");
    EXPECT_EQ(next_frame(client).close_code(), 1000);
    client.wait_for_end();
    EXPECT_EQ(served.journal.close_at(0), "1006");
}

TEST(WebSocket, TextThatIsNoUtf8AndCodesThatAreNoneAreNotSent) {
    WebSocketServed served;
    RawClient client = served.connect("/echo");
    const auto socket = served.journal.socket_at(0);
    EXPECT_THROW(socket->send(Opcode::Text, Bytes(std::string("\xff"))), core::Error);
    EXPECT_EQ(socket->send(Opcode::Binary, Bytes(std::string("\xff"))), WebSocket::Sent::Ok);
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000})
        EXPECT_THROW(socket->close(static_cast<std::uint16_t>(code), ""), core::Error) << code;
    EXPECT_THROW(socket->close(1000, std::string(124, 'x')), core::Error);
    EXPECT_EQ(next_frame(client).payload, "\xff");
}

TEST(WebSocket, ASilentClientIsAskedAndIfItDoesNotAnswerItIsCut) {
    WebSocketServed served([](Settings& settings) {
        settings.websocket.ping_interval = 300ms;
        settings.websocket.pong_deadline = 500ms;
    });
    RawClient living = served.connect("/echo"), dead = served.connect("/echo");
    for (int i = 0; i < 3; ++i) {
        const frames::Frame ping = next_frame(living);
        EXPECT_EQ(ping.opcode, frames::ping);
        living.send(frames::frame(frames::pong, ping.payload));
    }
    EXPECT_EQ(served.journal.close_at(0), "1006");
    dead.wait_for_end();
    living.send(frames::frame(frames::text, "still here"));
    frames::Frame next = next_frame(living);
    while (next.opcode == frames::ping)
        next = next_frame(living);
    EXPECT_EQ(next.payload, "still here");
    EXPECT_EQ(served.journal.closes(), 1u);
}

TEST(WebSocket, AClientThatLeavesWithoutAWordIsToldAndLeavesNothingBehind) {
    WebSocketServed served;
    served.connect("/echo").reset();
    EXPECT_EQ(served.journal.close_at(0), "1006");
    const std::size_t before = open_descriptors();
    for (std::size_t i = 1; i <= 50; ++i) {
        RawClient client = served.connect("/echo");
        if (i % 2 == 0) client.send(frames::frame(frames::text, "half a frame").substr(0, 5));
        client.reset();
        EXPECT_EQ(served.journal.close_at(i), "1006");
    }
    while (served->websockets().counts().open != 0)
        std::this_thread::yield();
    EXPECT_EQ(open_descriptors(), before);
}

TEST(WebSocket, ASlowReaderIsToldOfRefusedAndAtLastCut) {
    WebSocketServed served([](Settings& settings) {
        settings.websocket.queue_bytes_max = 64 * 1024;
        settings.write_deadline = 700ms;
    });
    RawClient client = served.connect("/quiet", {}, 4096);
    const auto socket = served.journal.socket_at(0);
    std::size_t taken = 0;
    std::map<WebSocket::Sent, int> answers;
    while (answers[WebSocket::Sent::Gone] == 0) {
        const WebSocket::Sent answer = socket->send(Opcode::Binary, Bytes(std::string(16 * 1024, 'x')));
        ++answers[answer];
        const bool was_taken = answer == WebSocket::Sent::Ok || answer == WebSocket::Sent::Again;
        taken += was_taken ? 16 * 1024 : 0;
        if (!was_taken) std::this_thread::yield();
    }
    EXPECT_GT(answers[WebSocket::Sent::Again], 0);
    EXPECT_GT(answers[WebSocket::Sent::Full], 0);
    EXPECT_LT(taken, 8'000'000u) << "what the kernel's buffers hold and four times queue_bytes_max";
    EXPECT_EQ(served.journal.close_at(0), "1006");
    EXPECT_EQ(socket->send(Opcode::Text, Bytes(std::string("x"))), WebSocket::Sent::Gone);
}

TEST(WebSocket, AReaderThatCatchesUpMakesTheSocketWritable) {
    WebSocketServed served([](Settings& settings) { settings.websocket.queue_bytes_max = 64 * 1024; });
    RawClient client = served.connect("/quiet", {}, 4096);
    const auto socket = served.journal.socket_at(0);
    std::size_t messages = 1;
    while (socket->send(Opcode::Binary, Bytes(std::string(16 * 1024, 'x'))) == WebSocket::Sent::Ok)
        ++messages;
    for (std::size_t i = 0; i < messages; ++i)
        ASSERT_EQ(next_frame(client).payload.size(), 16 * 1024u);
    EXPECT_TRUE(served.journal.wait_writable());
    EXPECT_EQ(socket->send(Opcode::Text, Bytes(std::string("on"))), WebSocket::Sent::Ok);
    EXPECT_EQ(next_frame(client).payload, "on");
}

TEST(WebSocket, NothingIsReadForARouteThatHasEnoughUntilItResumes) {
    WebSocketServed served;
    RawClient client = served.connect("/once");
    client.send(frames::frame(frames::text, "one") + frames::frame(frames::text, "two") +
                frames::frame(frames::text, "three"));
    EXPECT_EQ(next_frame(client).payload, "one");
    const auto socket = served.journal.socket_at(0);
    socket->send(Opcode::Text, Bytes(std::string("between")));
    EXPECT_EQ(next_frame(client).payload, "between");
    socket->resume();
    EXPECT_EQ(next_frame(client).payload, "two");
    socket->resume();
    EXPECT_EQ(next_frame(client).payload, "three");
}

TEST(WebSocket, MessagesAboveTheRateAreReadLater) {
    WebSocketServed served([](Settings& settings) { settings.websocket.messages_per_second_max = 20; });
    RawClient client = served.connect("/echo");
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i)
        client.send(frames::frame(frames::text, std::to_string(i)));
    for (int i = 0; i < 50; ++i)
        ASSERT_EQ(next_frame(client).payload, std::to_string(i));
    EXPECT_GT(std::chrono::steady_clock::now() - begin, 1s) << "20 at once, then 20 a second";
}

TEST(WebSocket, AFloodOfPingsIsClosed) {
    WebSocketServed served([](Settings& settings) { settings.websocket.messages_per_second_max = 20; });
    RawClient client = served.connect("/echo");
    std::string flood;
    for (int i = 0; i < 1000; ++i)
        flood += frames::frame(frames::ping, "");
    client.send(flood);
    frames::Frame next = next_frame(client);
    while (next.opcode == frames::pong)
        next = next_frame(client);
    EXPECT_EQ(next.close_code(), 1008);
}

TEST(WebSocket, AFloodOfFragmentsWithNothingOrHardlyAnythingInThemIsClosed) {
    WebSocketServed served([](Settings& settings) { settings.websocket.messages_per_second_max = 20; });
    for (const std::string& payload : {std::string(), std::string(1, 'x'), std::string(125, 'x')}) {
        RawClient client = served.connect("/echo");
        std::string flood = frames::frame(frames::text, payload, {.last = false});
        for (int i = 0; i < 1000; ++i)
            flood += frames::frame(frames::continuation, payload, {.last = false});
        client.send(flood);
        EXPECT_EQ(next_frame(client).close_code(), 1008) << payload.size() << " bytes";
    }
}

TEST(WebSocket, AMessageOfManyFragmentsThatAreWorthTheirHeadIsOneMessage) {
    WebSocketServed served([](Settings& settings) { settings.websocket.messages_per_second_max = 20; });
    RawClient client = served.connect("/echo");
    std::string message, bytes;
    for (const std::size_t size : {126, 65'535, 65'536}) {
        for (int i = 0; i < (size == 126 ? 1000 : 3); ++i) {
            const std::string piece(size, 'x');
            bytes += frames::frame(message.empty() ? frames::text : frames::continuation, piece, {.last = false});
            message += piece;
        }
    }
    for (int i = 0; i < 10; ++i)
        bytes += frames::frame(frames::continuation, "", {.last = false});
    client.send(bytes + frames::frame(frames::continuation, ""));
    EXPECT_TRUE(next_frame(client).payload == message);
}

TEST(WebSocket, SocketsAboveTheLimitAreAnswered503) {
    WebSocketServed served([](Settings& settings) { settings.websocket.sockets_max = 2; });
    RawClient first = served.connect("/echo"), second = served.connect("/echo");
    EXPECT_EQ(served.refused(frames::handshake("/echo")).status, 503);
    first.reset();
    while (served->websockets().counts().open > 1)
        std::this_thread::yield();
    served.connect("/echo");
    EXPECT_EQ(served->websockets().counts().refused, 1u);
}

TEST(WebSocket, ADrainSaysThatTheServerGoesAway) {
    WebSocketServed served;
    RawClient polite = served.connect("/echo"), stubborn = served.connect("/echo");
    auto drained = std::async(std::launch::async, [&] { return served->server().drain(1s); });
    EXPECT_EQ(next_frame(polite).close_code(), 1001);
    polite.send(frames::close_frame(1001));
    polite.wait_for_end();
    polite.close();
    EXPECT_EQ(next_frame(stubborn).close_code(), 1001);
    EXPECT_EQ(drained.get(), 1u);
    stubborn.wait_for_end();
    for (const std::size_t i : {0u, 1u})
        EXPECT_EQ(served.journal.close_at(i), "1001 the server is stopping");
}

TEST(WebSocket, SocketsOfAnInstanceThatIsReplacedAreToldToComeAgain) {
    WebSocketServed served;
    RawClient client = served.connect("/echo");
    const int other = 0;
    served->websockets().dismiss_others("another", &other);
    served->websockets().dismiss_others("notes", &served.instance);
    client.send(frames::frame(frames::text, "still here"));
    EXPECT_EQ(next_frame(client).payload, "still here");
    served->websockets().dismiss_others("notes", &other);
    EXPECT_EQ(next_frame(client).close_code(), 1012);
    EXPECT_EQ(served.journal.close_at(0), "1012 the service restarts");
    client.send(frames::close_frame(1012));
    client.wait_for_end();
    RawClient next = served.connect("/echo");
    served->websockets().dismiss_instance(&served.instance, core::Monotonic::now() + 5s);
    EXPECT_EQ(served.journal.closes(), 2u) << "told before it returns";
}

TEST(WebSocket, HundredsTalkAtOnce) {
    WebSocketServed served;
    std::vector<RawClient> clients;
    for (int i = 0; i < 200; ++i)
        clients.push_back(served.connect("/echo"));
    for (int round = 0; round < 10; ++round) {
        for (RawClient& client : clients)
            client.send(frames::frame(frames::text, std::to_string(round)));
        for (RawClient& client : clients)
            ASSERT_EQ(next_frame(client).payload, std::to_string(round));
    }
    EXPECT_EQ(served->websockets().counts().open, 200u);
}

}  // namespace
}  // namespace host::http
