#include <gtest/gtest.h>

#include "tests/host/http/wire_server.hpp"

// What clients, broken clients and attackers send, one probe each; see docs on the choice of the codec.
namespace {

using namespace std::string_literals;
using support::RawClient;
using wire::WireServer;

RawClient::Answer ask(std::string_view request, RawClient::Method method = RawClient::Method::Get) {
    WireServer server;
    return server.connect().send(request).read_answer(method);
}

// The status of a request that must be refused, with the connection closed behind the answer.
int refused(std::string_view request) {
    WireServer server;
    RawClient client = server.connect();
    client.send(request);
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.fields.at("connection"), "close");
    EXPECT_EQ(client.read_to_end(), "") << "the connection must end after a framing error";
    return answer.status;
}

TEST(WireProbe, HeadGetsTheLengthButNoBody) {
    WireServer server;
    RawClient client = server.connect();
    client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"s.append(wire::get));
    EXPECT_EQ(client.read_answer(RawClient::Method::Head).fields.at("content-length"), "16");
    EXPECT_EQ(client.read_answer().status, 200);
}

TEST(WireProbe, OptionsOfTheServerAndUnknownMethodsReachTheDispatcher) {
    EXPECT_EQ(ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").body.substr(0, 10), "OPTIONS *?");
    EXPECT_EQ(ask("PATCH /p HTTP/1.1\r\nHost: a\r\n\r\n").body.substr(0, 8), "PATCH /p");
    EXPECT_EQ(ask("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n").body.substr(0, 9), "BREW /pot");
}

TEST(WireProbe, ConnectionCloseAndHttp10AreClosed) {
    for (const auto request : {"GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        WireServer server;
        RawClient client = server.connect();
        client.send(request);
        EXPECT_EQ(client.read_answer().fields.at("connection"), "close");
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST(WireProbe, Http10WithKeepAliveIsToldSoAndStaysOpen) {
    WireServer server;
    RawClient client = server.connect();
    for (int i = 0; i < 2; ++i) {
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(client.read_answer().fields.at("connection"), "keep-alive");
    }
}

TEST(WireProbe, TwoRequestsInOneSegmentAreBothAnswered) {
    WireServer server;
    RawClient client = server.connect();
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer().body.substr(0, 6), "GET /1");
    EXPECT_EQ(client.read_answer().body.substr(0, 6), "GET /2");
}

TEST(WireProbe, ContentLengthMustBeOneDecimalNumber) {
    for (const auto value : {"3abc", "+3", "-1", "3, 3", "abc", "", "0x3", "99999999999999999999"}) {
        EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "s + value + "\r\n\r\nabc"), 400) << value;
    }
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc"), 400);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400);
}

TEST(WireProbe, NothingIsSmuggledBetweenTwoLengths) {
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
              400);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
              400);
    EXPECT_EQ(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(WireProbe, TransferCodingsOtherThanChunkedAreNotImplemented) {
    for (const auto value : {"chunke", "gzip", "gzip, chunked", "chunked, chunked", "identity"}) {
        EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "s + value + "\r\n\r\n0\r\n\r\n"), 501) << value;
    }
}

TEST(WireProbe, VersionsOtherThan10And11AreRefused) {
    EXPECT_EQ(refused("GET /\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / \r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1\r\nHost: a\r\n\r\n"), 505);
    EXPECT_EQ(refused("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
    EXPECT_EQ(refused("GET / HTTP/1.11\r\nHost: a\r\n\r\n"), 505);
    EXPECT_EQ(refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(WireProbe, ExactlyOneHostIsWanted) {
    EXPECT_EQ(refused("GET / HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n").status, 200);
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").status, 200);
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost:\r\n\r\n").status, 200);
}

TEST(WireProbe, FoldedHeadersAndControlCharactersAreRefused) {
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"s), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"), 400);
}

TEST(WireProbe, AConnectionFieldThatIsNoListIsRefused) {
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nConnection: clo se\r\n\r\n"), 400);
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: , keep-alive,,x\r\n\r\n").status, 200);
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: a\r\nConnection:\r\n\r\n").status, 200);
}

TEST(WireProbe, LeadingEmptyLinesAreSkipped) {
    EXPECT_EQ(ask("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST(WireProbe, ABareLineFeedIsRefusedAtOnce) {
    EXPECT_EQ(refused("GET / HTTP/1.1\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\n"), 400);
    EXPECT_EQ(refused("\n"), 400);
}

TEST(WireProbe, OddValuesOfOrdinaryHeadersAreNobodysBusiness) {
    const auto answer =
        ask("GET / HTTP/1.1\r\nHost: a:b\r\nCookie: foo\r\nCache-Control: stale-while-revalidate=60\r\nDate: yesterday\r\n"
            "Accept: font/woff2, *\r\nContent-Type: text\r\nX-Empty:\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find("Cookie=foo\n"), std::string::npos);
    EXPECT_NE(answer.body.find("X-Empty=\n"), std::string::npos);
    EXPECT_NE(answer.body.find("X-Twice=1\nX-Twice=2\n"), std::string::npos);
}

TEST(WireProbe, ThirtyThousandSlashesAreTooLong) {
    EXPECT_EQ(refused("GET " + std::string(30'000, '/') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414);
    EXPECT_EQ(ask("GET /" + std::string(8'191, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
    EXPECT_EQ(refused("GET /" + std::string(8'192, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414);
}

TEST(WireProbe, HeadsHaveALimitInBytesAndInNumber) {
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(33'000, 'x')), 431);
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 99; ++i)
        many += "X: 1\r\n";
    EXPECT_EQ(ask(many + "\r\n").status, 200);
    EXPECT_EQ(refused(many + "X: 1\r\n\r\n"), 431);
}

TEST(WireProbe, TargetsMayBeAbsoluteButThisIsNoProxy) {
    EXPECT_EQ(ask("GET http://a:80/p?q=1 HTTP/1.1\r\nHost: a\r\n\r\n").body.substr(0, 10), "GET /p?q=1");
    EXPECT_EQ(ask("GET HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n").body.substr(0, 6), "GET /?");
    EXPECT_EQ(ask("GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n").body.substr(0, 7), "GET /?q");
    EXPECT_EQ(refused("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET http:///p HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET p HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET /p#f HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(refused("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
}

TEST(WireProbe, OnlyTheExpectation100ContinueIsKnown) {
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\n"), 417);
    WireServer server;
    RawClient client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 100);
    EXPECT_EQ(client.send("abc").read_answer().status, 200);
    // No 100 for a body that comes by itself, nor for none.
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(client.read_answer().status, 200);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 200);
    // No 100 for a body that is not wanted.
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3000000\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 413);
}

TEST(WireProbe, ARequestInTheBodyOfARefusedOneIsNotAnswered) {
    WireServer server;
    RawClient client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n"s.append(wire::get));
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(server->counters().requests, 0U);
    EXPECT_EQ(server->counters().refused, 1U);
}

TEST(WireProbe, ANoContentAnswerHasNeitherBodyNorLength) {
    WireServer server([](const wire::Request& request, wire::Reply reply) {
        const auto status = static_cast<std::uint16_t>(std::stoi(std::string(request.path.substr(1))));
        reply.send(wire::Head(status), wire::Bytes(std::string("body")));
    });
    RawClient client = server.connect();
    for (const auto status : {"204", "304", "200"}) {
        const auto answer = client.send("GET /"s + status + " HTTP/1.1\r\nHost: a\r\n\r\n").read_answer();
        EXPECT_EQ(answer.head.substr(9, 3), status);
        EXPECT_EQ(answer.fields.count("content-length"), status == "200"s ? 1U : 0U);
    }
}

TEST(WireProbe, AReplyThatIsDroppedAnswers500) {
    WireServer server([](const wire::Request&, wire::Reply) {});
    RawClient client = server.connect();
    EXPECT_EQ(client.send(wire::get).read_answer().status, 500);
    EXPECT_EQ(client.send(wire::get).read_answer().status, 500);
}

}  // namespace
