#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using tests::Calling;
using tests::get;
using tests::Outcome;
using tests::Peer;
using tests::post;
using tests::Received;
using tests::ScriptedServer;

Call following(Call call) {
    call.follow = true;
    return call;
}

TEST(Redirect, IsAnAnswerUnlessFollowingWasAskedFor) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(302, "there", "Location: /there\r\n"); });
    const Outcome outcome = Calling().run(get(server.url()));
    EXPECT_EQ(outcome.status, 302);
    EXPECT_EQ(outcome.body, "there");
    EXPECT_EQ(server.received().size(), 1u);
}

TEST(Redirect, IsFollowedOnTheSameConnectionWithItsHeaders) {
    ScriptedServer server([](Peer& peer, const Received& received) {
        if (received.target == "/") return peer.answer(307, "ignored", "Location: there?x=1\r\n");
        peer.answer(200, received.method + " " + received.target + " " + received.body + " " + received.header("x-key"));
    });
    Calling calling;
    Call call = following(post(server.url(), "body"));
    call.headers = {{"X-Key", "k"}};
    const Outcome outcome = calling.run(std::move(call));
    EXPECT_EQ(outcome.body, "POST /there?x=1 body k");
    EXPECT_EQ(outcome.heads, 1u);
    EXPECT_EQ(server.connections(), 1u);
}

TEST(Redirect, After303IsAGetWithoutBody) {
    ScriptedServer server([](Peer& peer, const Received& received) {
        if (received.target == "/") return peer.answer(303, "", "Location: /there\r\n");
        peer.answer(200, received.method + "|" + received.body + "|" + received.header("content-type"));
    });
    Call call = following(post(server.url(), "body"));
    call.headers = {{"Content-Type", "text/plain"}};
    EXPECT_EQ(Calling().run(std::move(call)).body, "GET||");
}

TEST(Redirect, ToAnotherOriginLeavesCredentialsBehind) {
    ScriptedServer other([](Peer& peer, const Received&) { peer.answer(200, "there"); });
    ScriptedServer server([&](Peer& peer, const Received&) { peer.answer(302, "", "Location: " + other.url() + "\r\n"); });
    Call call = following(get(server.url()));
    call.headers = {
        {"Authorization", "Bearer geheim"}, {"X-Api-Key", "geheim"}, {"Cookie", "geheim"}, {"Accept", "text/plain"}};
    EXPECT_EQ(Calling().run(std::move(call)).body, "there");
    EXPECT_EQ(other.received().at(0).head.find("geheim"), std::string::npos) << other.received().at(0).head;
    EXPECT_EQ(other.received().at(0).header("accept"), "text/plain");
    EXPECT_NE(server.received().at(0).head.find("Bearer geheim"), std::string::npos);
}

TEST(Redirect, ToAPlaceThatIsNotPermittedIsRefused) {
    ScriptedServer forbidden([](Peer& peer, const Received&) { peer.answer(200, "x"); });
    std::string location;
    ScriptedServer server([&](Peer& peer, const Received&) { peer.answer(302, "", "Location: " + location + "\r\n"); });
    Calling calling({}, {"*.example.org:*"}, {server.authority()});
    for (const std::string& to :
         {forbidden.url(), std::string("http://169.254.169.254/"), std::string("https://evil.org/")}) {
        location = to;
        const Outcome outcome = calling.run(following(get(server.url())));
        EXPECT_EQ(outcome.failure(), "EGRESS_DENIED") << to;
        EXPECT_EQ(outcome.heads, 0u);
    }
    for (const std::string& to :
         {std::string("file:///etc/passwd"), std::string("gopher://x/"), "http://user:pw@" + server.authority() + "/"}) {
        location = to;
        EXPECT_EQ(calling.run(following(get(server.url()))).failure(), "URL_REFUSED") << to;
    }
    EXPECT_EQ(forbidden.connections(), 0u);
}

TEST(Redirect, ToAnInsideAddressIsRefusedBehindAProxyToo) {
    ScriptedServer proxy([](Peer& peer, const Received& received) {
        if (received.target == "http://api.example.org/x")
            return peer.answer(302, "", "Location: http://169.254.169.254/latest\r\n");
        peer.answer(200, "from inside");
    });
    Calling calling({.proxy = "http://" + proxy.authority()}, {"*:*"});
    EXPECT_EQ(calling.run(following(get("http://api.example.org/x"))).failure(), "ADDRESS_DENIED");
    EXPECT_EQ(proxy.received().size(), 1u);
}

TEST(Redirect, ThatNeverEndsIsGivenUp) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(301, "", "Location: /again\r\n"); });
    EXPECT_EQ(Calling().run(following(get(server.url()))).failure(), "TOO_MANY_REDIRECTS");
    EXPECT_EQ(server.received().size(), 11u);
}

}  // namespace
}  // namespace host::http_client
