#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "host/core/error.hpp"
#include "tests/host/http/wire_tls.hpp"

namespace {

using namespace std::chrono_literals;
using support::RawClient;
using wire::TlsClient;
using wire::TlsServed;

constexpr std::size_t large = 50'000'000;

// The first bytes of a handshake; whatever follows never comes.
constexpr std::string_view hello_begin = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";

std::string plain_address(const TlsServed& served) {
    return served.address().substr(8);
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

TEST(WireTlsLife, AHandshakeAndRequestsMayArriveByteByByte) {
    const TlsServed served;
    RawClient socket(plain_address(served));
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.get()), &SSL_free);
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    SSL_set_bio(session.get(), in, out);
    const auto pass_on = [&] {
        char byte = 0;
        while (BIO_read(out, &byte, 1) == 1)
            socket.send({&byte, 1});
    };
    const auto take_in = [&] { BIO_write(in, socket.read(1).data(), 1); };
    while (SSL_connect(session.get()) != 1) {
        pass_on();
        take_in();
    }
    for (int i = 0; i < 2; ++i) {
        SSL_write(session.get(), wire::get.data(), static_cast<int>(wire::get.size()));
        pass_on();
        char answer[1000];
        int size = 0;
        while ((size = SSL_read(session.get(), answer, sizeof answer)) <= 0)
            take_in();
        EXPECT_TRUE(std::string_view(answer, static_cast<std::size_t>(size)).starts_with("HTTP/1.1 200 OK\r\n"));
    }
}

TEST(WireTlsLife, PipelinedRequestsAreAnsweredInTheirOrder) {
    const TlsServed served;
    TlsClient client = served.connect();
    std::string requests;
    for (int i = 0; i < 500; ++i)
        requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(requests);
    for (int i = 0; i < 500; ++i)
        ASSERT_EQ(client.read_answer().body, "GET /" + std::to_string(i) + "?\nHost=a\n");
}

TEST(WireTlsLife, FiftyMegabytesGoBothWays) {
    const TlsServed served(
        [](const wire::Request& request, wire::Reply reply) { wire::answer(reply, std::string(request.body)); },
        [](wire::Settings& settings, TlsServed&) { settings.body_bytes_max = large; });
    TlsClient client = served.connect();
    std::string body(large, '\0');
    for (std::size_t i = 0; i < body.size(); i += 997)
        body[i] = static_cast<char>(i);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(large) + "\r\n\r\n").send(body);
    EXPECT_TRUE(client.read_answer().body == body);
}

TEST(WireTlsLife, TheEndIsSaidInTlsToo) {
    const TlsServed served;
    TlsClient closing = served.connect();
    closing.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(closing.read_to_end().ends_with("\nConnection=close\n"));
    EXPECT_TRUE(closing.ended_cleanly());

    TlsClient wrong = served.connect();
    wrong.send("NONSENSE\r\n\r\n");
    EXPECT_TRUE(wrong.read_to_end().starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(wrong.ended_cleanly());
}

TEST(WireTlsLife, AClientThatHasFinishedStillGetsItsAnswer) {
    wire::Shelf shelf;
    TlsServed served([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); });
    TlsClient client = served.connect();
    client.send(wire::get).finish();
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 1; }));
    wire::Reply reply = shelf.take();
    wire::answer(reply, "late");
    EXPECT_TRUE(client.read_to_end().ends_with("late"));
    EXPECT_TRUE(wire::eventually([&] { return served->counters().connections == 0; }));
}

TEST(WireTlsLife, IdleConnectionsAreClosedWithAWord) {
    TlsServed served(wire::echo, [](wire::Settings& settings, TlsServed&) { settings.idle_deadline = 300ms; });
    TlsClient client = served.connect();
    EXPECT_EQ(client.send(wire::get).read_answer().status, 200);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(client.ended_cleanly());
}

TEST(WireTlsLife, StalledHandshakesEndAndHurtNobody) {
    TlsServed served(wire::echo, [](wire::Settings& settings, TlsServed&) { settings.tls.handshake_deadline = 1s; });
    std::vector<RawClient> stalled;
    for (int i = 0; i < 50; ++i) {
        stalled.emplace_back(plain_address(served));
        if (i % 2 == 0) stalled.back().send(hello_begin);
    }
    ASSERT_TRUE(wire::eventually([&] { return served->counters().connections == 50; }));
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(served.connect().send(wire::get).read_answer().status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s) << "nobody waits for the handshake of another";
    for (RawClient& client : stalled)
        EXPECT_EQ(client.read_to_end(), "") << "who has said nothing is told nothing";
    EXPECT_TRUE(wire::eventually([&] { return served->counters().connections == 0; }));
    EXPECT_EQ(served->counters().tls_failures, 50U);
}

TEST(WireTlsLife, AbruptEndsAndNonsenseLeaveNothingBehind) {
    TlsServed served;
    served.connect().send(wire::get).read_answer();
    ASSERT_TRUE(wire::eventually([&] { return served->counters().connections == 0; }));
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 100; ++i) {
        TlsClient shaken = served.connect();
        shaken.send("GET / HT");
        shaken.reset();
        RawClient silent(plain_address(served));
        silent.reset();
        RawClient half(plain_address(served));
        half.send(hello_begin).reset();
        RawClient plain(plain_address(served));
        plain.send(wire::get);
        plain.wait_for_end();
    }
    EXPECT_TRUE(wire::eventually([&] { return served->counters().connections == 0; }));
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(served.connect().send(wire::get).read_answer().status, 200);
}

TEST(WireTlsLife, TlsOnAPlainAddressIsAnswered400) {
    const wire::WireServer server;
    RawClient client = server.connect();
    client.send(std::string(hello_begin) + "\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 400);
}

TEST(WireTlsLife, ASlowReaderMakesAStreamWaitAndIsCutOffAtLast) {
    wire::Shelf shelf;
    auto watcher = std::make_shared<wire::Watcher>();
    TlsServed served(
        [&](const wire::Request&, wire::Reply reply) {
            reply.watch(watcher);
            shelf.put(std::move(reply));
        },
        [](wire::Settings& settings, TlsServed&) {
            settings.stream_bytes_max = 256 * 1024;
            settings.write_deadline = 500ms;
        });
    TlsClient client = served.connect({.receive_bytes = 4096});
    client.send(wire::get);
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 1; }));
    wire::Reply reply = shelf.take();
    reply.open(wire::Head(200), {});
    std::size_t taken = 0;
    // Until neither the kernel nor the host takes more: after an Again nothing becomes writable.
    for (wire::Write last = wire::Write::Ok; last != wire::Write::Gone; taken += 32 * 1024) {
        const int writable_before = watcher->writable_calls;
        last = reply.write(wire::Bytes(std::string(32 * 1024, 'x')));
        if (last != wire::Write::Again) continue;
        wire::eventually([&] { return watcher->writable_calls > writable_before || watcher->gone_calls > 0; });
    }
    EXPECT_EQ(watcher->reason, static_cast<int>(wire::ReplyEvents::Reason::WriteStalled));
    EXPECT_LT(taken, 8U * 1024 * 1024) << "what the kernel's buffers and stream_bytes_max hold, and no more";
}

TEST(WireTlsLife, CertificatesAreReloadedUnderLoadAndBrokenOnesAreNot) {
    TlsServed served;
    std::atomic<bool> stop{false};
    std::atomic<int> answered{0};
    std::vector<std::future<int>> load;
    for (int i = 0; i < 3; ++i) {
        load.push_back(std::async(std::launch::async, [&] {
            int failures = 0;
            while (!stop) {
                try {
                    TlsClient client = served.connect();
                    failures += client.send(wire::get).read_answer().status == 200 ? 0 : 1;
                } catch (const std::exception&) {
                    ++failures;
                }
                ++answered;
            }
            return failures;
        }));
    }
    TlsClient kept = served.connect();
    for (int round = 0; round < 10; ++round) {
        const int before = answered;
        const std::string name = "renewed " + std::to_string(round);
        served.certificates.make("server", {name, {"example.org"}});
        served->reload_certificates();
        EXPECT_EQ(served.connect().certificate_name(), name);
        EXPECT_TRUE(wire::eventually([&] { return answered > before + 10; }));
    }
    std::ofstream(served.settings.tls.certificates[0]) << "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n";
    try {
        served->reload_certificates();
        ADD_FAILURE() << "a broken certificate was taken";
    } catch (const host::core::Error& error) {
        EXPECT_NE(std::string(error.what()).find("server.pem holds no certificate"), std::string::npos) << error.what();
    }
    EXPECT_EQ(served.connect().certificate_name(), "renewed 9");
    EXPECT_EQ(kept.send(wire::get).read_answer().status, 200);
    EXPECT_EQ(kept.certificate_name(), "example.org");
    stop = true;
    for (auto& one : load)
        EXPECT_EQ(one.get(), 0);
}

TEST(WireTlsLife, ConnectionsAboveTheLimitAreClosedWithoutAHandshake) {
    TlsServed served(wire::echo, [](wire::Settings& settings, TlsServed&) { settings.connections_max = 2; });
    TlsClient first = served.connect(), second = served.connect();
    EXPECT_THROW(served.connect(), std::runtime_error);
    EXPECT_EQ(second.send(wire::get).read_answer().status, 200);
    first.reset();
    EXPECT_TRUE(wire::eventually([&] { return served->counters().connections == 1; }));
    EXPECT_EQ(served.connect().send(wire::get).read_answer().status, 200);
}

TEST(WireTlsLife, DrainLetsRequestsFinishAndClosesTheRest) {
    wire::Shelf shelf;
    TlsServed served([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); });
    TlsClient idle = served.connect(), busy = served.connect();
    RawClient shaking(plain_address(served));
    shaking.send(hello_begin);
    busy.send(wire::get);
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 1 && served->counters().connections == 3; }));
    auto drained = std::async(std::launch::async, [&] { return served->drain(10s); });
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_TRUE(idle.ended_cleanly());
    idle.reset();
    shaking.wait_for_end();
    shaking.close();
    wire::Reply reply = shelf.take();
    wire::answer(reply, "finished");
    EXPECT_TRUE(busy.read_to_end().ends_with("finished"));
    EXPECT_TRUE(busy.ended_cleanly());
    busy.reset();
    EXPECT_EQ(drained.get(), 0U);
}

}  // namespace
