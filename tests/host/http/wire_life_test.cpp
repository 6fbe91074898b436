#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "tests/host/http/wire_server.hpp"

namespace {

using namespace std::chrono_literals;
using support::RawClient;
using wire::WireServer;

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

wire::Settings listening(std::string address) {
    auto settings = wire::quick();
    settings.listen = {std::move(address)};
    return settings;
}

class SocketFile {
  public:
    SocketFile() : directory_(std::filesystem::temp_directory_path() / ("wire." + std::to_string(::getpid()))) {
        std::filesystem::create_directories(directory_);
    }
    ~SocketFile() { std::filesystem::remove_all(directory_); }
    std::string path() const { return directory_ / "http.sock"; }
    std::string address() const { return "unix:" + path(); }

  private:
    std::filesystem::path directory_;
};

TEST(WireLife, ServesIPv6AndSaysThePeer) {
    WireServer server(
        [](const wire::Request& request, wire::Reply reply) { wire::answer(reply, std::string(request.peer)); },
        listening("[::1]:0"));
    EXPECT_EQ(server.connect().send(wire::get).read_answer().body.substr(0, 6), "[::1]:");
}

TEST(WireLife, TellsWhetherEveryWorkerStillTurns) {
    std::promise<void> let_go;
    std::promise<void> inside;
    WireServer server([&, released = let_go.get_future().share()](const wire::Request&, wire::Reply reply) {
        inside.set_value();
        released.wait();
        wire::answer(reply, "late");
    });
    EXPECT_TRUE(server->turns_within(10s));
    RawClient client = server.connect();
    client.send(wire::get);
    inside.get_future().wait();
    EXPECT_FALSE(server->turns_within(20ms));
    let_go.set_value();
    EXPECT_EQ(client.read_answer().body, "late");
    EXPECT_TRUE(server->turns_within(10s));
    server->stop();
    EXPECT_TRUE(server->turns_within(1ms));
}

TEST(WireLife, AnAddressWithoutHostServesIPv4AndIPv6) {
    WireServer server(
        [](const wire::Request& request, wire::Reply reply) { wire::answer(reply, std::string(request.peer)); },
        listening(":0"));
    const std::string port = server.address();
    EXPECT_EQ(RawClient("127.0.0.1" + port).send(wire::get).read_answer().body.substr(0, 10), "127.0.0.1:");
    EXPECT_EQ(RawClient("[::1]" + port).send(wire::get).read_answer().body.substr(0, 6), "[::1]:");
}

TEST(WireLife, ServesAUnixSocketAndRemovesIt) {
    const SocketFile file;
    {
        WireServer server(
            [](const wire::Request& request, wire::Reply reply) { wire::answer(reply, std::string(request.peer)); },
            listening(file.address()));
        EXPECT_EQ(server.address(), file.address());
        EXPECT_EQ(server.connect().send(wire::get).read_answer().body, "unix");
    }
    EXPECT_FALSE(std::filesystem::exists(file.path()));
}

TEST(WireLife, AStaleUnixSocketIsReplacedButALivingOneIsNot) {
    const SocketFile file;
    WireServer living(wire::echo, listening(file.address()));
    EXPECT_THROW(WireServer(wire::echo, listening(file.address())), host::core::Error);
    EXPECT_EQ(living.connect().send(wire::get).read_answer().status, 200);
    // A second name keeps the file after its server: what a killed server leaves behind.
    const std::string kept = file.path() + ".kept";
    std::filesystem::create_hard_link(file.path(), kept);
    living->stop();
    std::filesystem::rename(kept, file.path());
    WireServer next(wire::echo, listening(file.address()));
    EXPECT_EQ(next.connect().send(wire::get).read_answer().status, 200);
}

TEST(WireLife, SeveralAddressesAreServedAtOnce) {
    auto settings = wire::quick();
    settings.listen = {"127.0.0.1:0", "[::1]:0"};
    WireServer server(wire::echo, settings);
    for (const std::size_t i : {0U, 1U}) {
        EXPECT_EQ(RawClient(server.address(i)).send(wire::get).read_answer().status, 200);
    }
}

TEST(WireLife, APortInUseIsNamed) {
    WireServer first;
    try {
        WireServer second(wire::echo, listening(first.address()));
        FAIL() << "two servers share " << first.address();
    } catch (const host::core::Error& error) {
        EXPECT_EQ(error.code(), host::core::Code::Unavailable);
        EXPECT_EQ(error.what(), first.address() + " is in use");
    }
}

TEST(WireLife, WhatIsNoAddressIsRefused) {
    for (const auto address :
         {"", "8080", "localhost:1", "127.0.0.1:", "127.0.0.1:65536", "[::1:1", "[x]:1", "unix:", "1.2.3:4"}) {
        try {
            WireServer server(wire::echo, listening(address));
            ADD_FAILURE() << address;
        } catch (const host::core::Error& error) {
            EXPECT_EQ(error.code(), host::core::Code::InvalidArgument) << address;
        }
    }
}

TEST(WireLife, TheSamePortServesAgainAfterAStopAndNothingLeaks) {
    std::string address;
    {
        // Whatever is made once for a process is made here.
        WireServer first;
        address = first.address();
        RawClient client = first.connect();
        EXPECT_EQ(client.send(wire::get).read_answer().status, 200);
    }
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 100; ++i) {
        WireServer server(wire::echo, listening(address));
        RawClient client = server.connect();
        ASSERT_EQ(client.send(wire::get).read_answer().status, 200);
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(WireLife, DispatchRunsOnWorkers) {
    WireServer server([](const wire::Request&, wire::Reply reply) {
        wire::answer(reply, host::core::thread_kind() == host::core::ThreadKind::Worker ? "worker" : "other");
    });
    EXPECT_EQ(server.connect().send(wire::get).read_answer().body, "worker");
}

TEST(WireLife, DrainLetsRequestsFinishAndClosesTheRest) {
    wire::Shelf shelf;
    WireServer server([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); });
    const std::string address = server.address();
    RawClient idle = server.connect();
    std::vector<RawClient> busy;
    for (int i = 0; i < 10; ++i)
        busy.push_back(std::move(server.connect().send(wire::get)));
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 10 && server->counters().connections == 11; }));
    auto drained = std::async(std::launch::async, [&] { return server->drain(10s); });
    EXPECT_EQ(idle.read_to_end(), "");
    idle.close();
    EXPECT_TRUE(wire::eventually([&] {
        try {
            RawClient late(address);
            return false;
        } catch (const std::runtime_error&) {
            return true;
        }
    }));
    for (int i = 0; i < 10; ++i) {
        wire::Reply reply = shelf.take();
        wire::answer(reply, "finished");
    }
    for (RawClient& client : busy) {
        const auto answer = client.read_answer();
        EXPECT_EQ(answer.body, "finished");
        EXPECT_EQ(answer.fields.at("connection"), "close");
        client.close();
    }
    EXPECT_EQ(drained.get(), 0U);
}

TEST(WireLife, DrainCutsWhatIsNotDoneInTimeAndSaysSo) {
    auto watcher = std::make_shared<wire::Watcher>();
    wire::Shelf shelf;
    WireServer server([&](const wire::Request& request, wire::Reply reply) {
        reply.watch(watcher);
        if (request.path == "/stream") reply.open(wire::Head(200), {0ms});
        shelf.put(std::move(reply));
    });
    RawClient waiting = server.connect(), streaming = server.connect();
    waiting.send(wire::get);
    streaming.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").read_until("\r\n\r\n");
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 2; }));
    EXPECT_EQ(server->drain(20ms), 2U);
    EXPECT_EQ(watcher->gone_calls, 2);
    EXPECT_EQ(watcher->reason, static_cast<int>(wire::ReplyEvents::Reason::Stopping));
    waiting.wait_for_end();
    streaming.wait_for_end();
}

TEST(WireLife, RepliesMayOutliveTheirServer) {
    wire::Shelf shelf;
    auto watcher = std::make_shared<wire::Watcher>();
    {
        WireServer server([&](const wire::Request&, wire::Reply reply) {
            reply.watch(watcher);
            shelf.put(std::move(reply));
        });
        RawClient client = server.connect();
        client.send(wire::get).send(wire::get);
        ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 2; }));
        server->stop();
        EXPECT_EQ(watcher->gone_calls, 2);
        EXPECT_EQ(server->counters().connections, 0U);
    }
    wire::Reply answered = shelf.take(), streamed = shelf.take();
    wire::answer(answered, "nobody");
    streamed.open(wire::Head(200), {0ms});
    EXPECT_EQ(streamed.write(wire::Bytes(std::string("x"))), wire::Write::Gone);
}

TEST(WireLife, ConnectionsAboveTheLimitAreAnswered503) {
    auto settings = wire::quick();
    settings.connections_max = 2;
    WireServer server(wire::echo, settings);
    RawClient first = server.connect(), second = server.connect();
    EXPECT_EQ(first.send(wire::get).read_answer().status, 200);
    EXPECT_EQ(second.send(wire::get).read_answer().status, 200);
    RawClient third = server.connect();
    EXPECT_EQ(third.read_answer().status, 503);
    EXPECT_EQ(third.read_to_end(), "");
    third.close();
    first.close();
    EXPECT_TRUE(wire::eventually([&] { return server->counters().connections == 1; }));
    EXPECT_EQ(server.connect().send(wire::get).read_answer().status, 200);
}

TEST(WireLife, HundredsOfConnectionsAreServedAtOnce) {
    WireServer server;
    std::vector<RawClient> clients;
    for (int i = 0; i < 400; ++i)
        clients.push_back(server.connect());
    for (int round = 0; round < 3; ++round) {
        for (RawClient& client : clients)
            client.send(wire::get);
        for (RawClient& client : clients)
            ASSERT_EQ(client.read_answer().status, 200);
    }
    EXPECT_EQ(server->counters().connections, 400U);
    clients.clear();
    EXPECT_TRUE(wire::eventually([&] { return server->counters().connections == 0; }));
}

TEST(WireLife, RunningOutOfDescriptorsPausesAcceptingAndIsSurvived) {
    auto server = std::make_unique<WireServer>();
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    RawClient early = server->connect();
    EXPECT_EQ(early.send(wire::get).read_answer().status, 200);
    // One more descriptor for the client's end, none for the server's.
    RawClient starved = [&] {
        const int next = ::dup(0);
        ::close(next);
        const rlimit tight{static_cast<rlim_t>(next + 1), before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &tight);
        return server->connect();
    }();
    starved.send(wire::get);
    // Those that are in are served as before.
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(early.send(wire::get).read_answer().status, 200);
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(starved.read_answer().status, 200);
    (*server)->stop();
    EXPECT_THAT(server->log(), testing::HasSubstr("accepting pauses"));
}

}  // namespace
