#include <gtest/gtest.h>

#include <thread>

#include "tests/host/http/wire_server.hpp"

namespace {

using support::RawClient;
using wire::WireServer;

std::string size_of_body(const wire::Request& request) {
    return std::to_string(request.body.size()) +
           (request.body.find_first_not_of('x') == std::string_view::npos ? "" : " bad");
}

void answer_size(const wire::Request& request, wire::Reply reply) {
    wire::answer(reply, size_of_body(request));
}

TEST(WireBody, AChunkedBodyMayBeCutAnywhere) {
    WireServer server(answer_size);
    const std::string request =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\nA;e=\"1\"\r\nxxxxxxxxxx\r\n0\r\nT: 1\r\n\r\n";
    RawClient client = server.connect();
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
        client.send(request.substr(0, cut));
        client.send(request.substr(cut));
        ASSERT_EQ(client.read_answer().body, "15") << "cut at " << cut;
    }
}

TEST(WireBody, ManySmallChunksOnOneConnectionAllArrive) {
    WireServer server(answer_size);
    RawClient client = server.connect();
    std::string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 256; ++i)
        request += "3E8\r\n" + std::string(1000, 'x') + "\r\n";
    request += "0\r\n\r\n";
    for (int i = 0; i < 20; ++i)
        ASSERT_EQ(client.send(request).read_answer().body, "256000");
}

TEST(WireBody, AHundredMegabytesAreAccepted) {
    auto settings = wire::quick();
    settings.body_bytes_max = 200'000'000;
    WireServer server(answer_size, settings);
    RawClient client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    EXPECT_EQ(client.send_until_answered(100'000'000), 100'000'000U);
    EXPECT_EQ(client.read_answer().body, "100000000");
}

TEST(WireBody, AHundredMegabytesAreRefusedBeforeTheyArriveAndTheAnswerCanBeRead) {
    WireServer server(answer_size);
    RawClient client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    EXPECT_LT(client.send_until_answered(100'000'000), 100'000'000U);
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(WireBody, AClientThatSendsOnRegardlessStillReadsTheRefusal) {
    WireServer server(answer_size);
    RawClient client = server.connect();
    // All of it before the first look at the answer: without the server's patience a reset would destroy the answer.
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n").send(std::string(3'000'000, 'x'));
    EXPECT_EQ(client.read_answer().status, 413);
}

TEST(WireBody, ChunksAreRefusedWhenTheyExceedTheLimit) {
    WireServer server(answer_size);
    RawClient client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n80000\r\n" + std::string(0x80000, 'x') +
                "\r\n80001\r\n");
    EXPECT_EQ(client.read_answer().status, 413);
    RawClient huge = server.connect();
    huge.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n");
    EXPECT_EQ(huge.read_answer().status, 413);
}

TEST(WireBody, BrokenChunksAreRefused) {
    WireServer server(answer_size);
    for (const auto body : {"g\r\n", "\r\n", "3\nabc\r\n", "3\r\nabcd\r\n", "3\r\nabc\n", "-3\r\n", "0x3\r\n", "3 ;\r\n",
                            "3;=\r\n", "00000000000000000003\r\nabc\r\n0\r\n \r\n", "0\r\nT : 1\r\n\r\n"}) {
        RawClient client = server.connect();
        client.send(std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n") + body);
        EXPECT_EQ(client.read_answer().status, 400) << body;
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST(WireBody, ATrailerThatFramesOrSteersIsRefused) {
    WireServer server(answer_size);
    for (const std::string name : {"Transfer-Encoding", "content-length", "Host", "Connection", "Expect"}) {
        RawClient client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + name + ": 1\r\n\r\n");
        EXPECT_EQ(client.read_answer().status, 400) << name;
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST(WireBody, OneFastUploadDoesNotStarveTheOtherClientsOfAWorker) {
    auto settings = wire::quick();
    settings.workers = 1;
    settings.body_bytes_max = 100'000'000;
    WireServer server(answer_size, settings);
    RawClient uploader = server.connect();
    uploader.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n");
    std::atomic<bool> sent{false};
    std::thread upload([&] {
        uploader.send_until_answered(60'000'000);
        sent = true;
    });
    RawClient other = server.connect();
    int answered_meanwhile = 0;
    do {
        EXPECT_EQ(other.send(wire::get).read_answer().body, "0");
        ++answered_meanwhile;
    } while (!sent);
    upload.join();
    EXPECT_EQ(uploader.read_answer().body, "60000000");
    EXPECT_GT(answered_meanwhile, 3);
}

}  // namespace
