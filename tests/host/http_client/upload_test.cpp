#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using tests::Calling;
using tests::Outcome;
using tests::Peer;
using tests::Pending;
using tests::Received;
using tests::ScriptedServer;
using tests::upload;
using Taken = Caller::Outcome;
using namespace std::chrono_literals;

// A call under way whose body the test writes.
class Upload {
  public:
    Upload(Calling& calling, Call call) : caller_(*calling.caller) {
        caller_.send(std::move(call), pending.events(), &pending.id);
    }
    Taken write(std::string_view piece) { return caller_.write(pending.id, Body::copy_of(piece)); }
    Taken end() { return caller_.end_body(pending.id); }
    // Until nobody takes a piece of it any more.
    void write_until_gone() {
        while (write(std::string(16 * 1024, 'x')) != Taken::Gone)
            std::this_thread::yield();
    }

    Pending pending;

  private:
    Caller& caller_;
};

Call before_the_body(Call call) {
    call.headers.push_back({"X-Answer", "before the body"});
    return call;
}

TEST(Upload, GoesOutChunkedWhenNobodyKnowsItsLength) {
    ScriptedServer server([](Peer& peer, const Received& received) { peer.answer(201, received.body); });
    Calling calling;
    Upload call(calling, upload(server.url()));
    EXPECT_EQ(call.write("one "), Taken::Ok);
    EXPECT_EQ(call.write(""), Taken::Ok);
    EXPECT_EQ(call.write("two"), Taken::Ok);
    EXPECT_EQ(call.end(), Taken::Ok);
    const Outcome outcome = call.pending.wait();
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.status, 201);
    EXPECT_EQ(outcome.body, "one two");
    EXPECT_EQ(server.received().at(0).header("transfer-encoding"), "chunked");
    EXPECT_EQ(server.received().at(0).header("expect"), "");
    EXPECT_EQ(server.received().at(0).header("content-type"), "");
    EXPECT_EQ(call.write("late"), Taken::Gone);
    EXPECT_EQ(call.end(), Taken::Gone);
}

TEST(Upload, GoesOutWithItsLengthAndNeitherMoreNorLess) {
    ScriptedServer server([](Peer& peer, const Received& received) { peer.answer(200, received.body); });
    Calling calling;
    Upload call(calling, upload(server.url(), 7));
    EXPECT_EQ(call.write("one "), Taken::Ok);
    EXPECT_THROW(call.end(), core::Error);
    EXPECT_THROW(call.write("many"), core::Error);
    EXPECT_EQ(call.write("two"), Taken::Ok);
    EXPECT_EQ(call.end(), Taken::Ok);
    EXPECT_EQ(call.pending.wait().body, "one two");
    EXPECT_EQ(server.received().at(0).header("content-length"), "7");
}

TEST(Upload, MayBeEmpty) {
    ScriptedServer server([](Peer& peer, const Received& received) { peer.answer(200, received.method); });
    Calling calling;
    Call call = upload(server.url());
    call.method = "PUT";
    Upload put(calling, std::move(call));
    EXPECT_EQ(put.end(), Taken::Ok);
    EXPECT_EQ(put.pending.wait().body, "PUT");
}

TEST(Upload, HoldsItsWriterBackWhileTheServerTakesNothingIn) {
    std::promise<void> read_on;
    std::size_t received_bytes = 0;
    ScriptedServer server([&](Peer& peer, const Received&) {
        read_on.get_future().wait();
        std::string body;
        while (body.find("\r\n0\r\n\r\n") == std::string::npos && peer.receive(body)) {
            received_bytes += body.size() > 8 ? body.size() - 8 : 0;
            body.erase(0, body.size() > 8 ? body.size() - 8 : 0);
        }
        peer.answer(200, "all");
    });
    Calling calling;
    Upload call(calling, before_the_body(upload(server.url())));
    const std::string piece(64 * 1024, 'x');
    std::size_t written = 0;
    for (Taken taken = Taken::Ok; taken == Taken::Ok; written += piece.size())
        taken = call.write(piece);
    read_on.set_value();
    call.pending.wait_until([](const Outcome& outcome) { return outcome.writable > 0; });
    EXPECT_EQ(call.end(), Taken::Ok);
    EXPECT_EQ(call.pending.wait().body, "all");
    EXPECT_GE(received_bytes + 64 * 1024, written);
}

TEST(Upload, EndsWithTheAnswerOfAServerThatWantsNoMore) {
    ScriptedServer server([](Peer& peer, const Received&) {
        peer.answer(413, "too much", "Connection: close\r\n");
        peer.wait_for_close();
    });
    Calling calling;
    Upload call(calling, before_the_body(upload(server.url())));
    call.write_until_gone();
    const Outcome outcome = call.pending.wait();
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.status, 413);
    EXPECT_EQ(outcome.body, "too much");
}

TEST(Upload, IsNotSentAgainOnceItHasBegun) {
    ScriptedServer server([](Peer& peer, const Received&) {
        std::string some;
        peer.receive(some);
        peer.reset();
    });
    Calling calling;
    Call wanted = before_the_body(upload(server.url()));
    wanted.method = "PUT";
    wanted.retries_max = 5;
    Upload call(calling, std::move(wanted));
    call.write_until_gone();
    EXPECT_EQ(call.pending.wait().failure(), "CONNECTION_LOST");
    EXPECT_EQ(server.connections(), 1u);
}

TEST(Upload, IsSentAgainAsLongAsNothingOfItIsGone) {
    ScriptedServer server([n = 0](Peer& peer, const Received& received) mutable {
        if (++n == 1) return peer.answer(503, "", "Retry-After: 0\r\n");
        peer.answer(200, received.body);
    });
    Calling calling;
    Call wanted = upload(server.url());
    wanted.idempotent = true;
    wanted.retries_max = 1;
    wanted.headers.push_back({"X-Answer", "before the body"});
    Upload call(calling, std::move(wanted));
    // The first answer comes before there is anything to send.
    while (calling.client.counts().retries == 0)
        std::this_thread::yield();
    EXPECT_EQ(call.end(), Taken::Ok);
    EXPECT_EQ(call.pending.wait().status, 200);
}

TEST(Upload, TakesARedirectThatWantsTheBodyAgainForTheAnswer) {
    ScriptedServer server([](Peer& peer, const Received& received) {
        if (received.target == "/there") return peer.answer(200, received.method);
        peer.answer(received.target == "/see" ? 303 : 307, "", "Location: /there\r\n");
    });
    Calling calling;
    for (const auto& [path, status] : {std::pair("/again", 307), std::pair("/see", 200)}) {
        Call wanted = upload(server.url(path));
        wanted.follow = true;
        Upload call(calling, std::move(wanted));
        EXPECT_EQ(call.write("once"), Taken::Ok);
        EXPECT_EQ(call.end(), Taken::Ok);
        EXPECT_EQ(call.pending.wait().status, status) << path;
    }
}

TEST(Upload, HasItsDeadlineFromItsEndOn) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Calling calling;
    Call wanted = upload(server.url());
    wanted.deadline = 20ms;
    Upload call(calling, std::move(wanted));
    const auto until = std::chrono::steady_clock::now() + 100ms;
    while (std::chrono::steady_clock::now() < until)
        ASSERT_NE(call.write("x"), Taken::Gone);
    EXPECT_EQ(call.end(), Taken::Ok);
    EXPECT_EQ(call.pending.wait().failure(), "DEADLINE");
}

TEST(Upload, IsGivenUpWithItsCall) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.wait_for_close(); });
    Calling calling;
    Upload call(calling, before_the_body(upload(server.url())));
    EXPECT_EQ(call.write("some"), Taken::Ok);
    calling.caller->cancel(call.pending.id);
    EXPECT_EQ(call.pending.wait().error->code(), core::Code::Cancelled);
    EXPECT_EQ(call.write("more"), Taken::Gone);
    Call both = upload(server.url());
    both.body = Body::copy_of("at once");
    EXPECT_THROW(Upload(calling, std::move(both)), core::Error);
    Call head = upload(server.url());
    head.method = "HEAD";
    EXPECT_THROW(Upload(calling, std::move(head)), core::Error);
}

}  // namespace
}  // namespace host::http_client
