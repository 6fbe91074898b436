#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/host/http/wire_server.hpp"

namespace {

using support::RawClient;
using wire::WireServer;

std::string numbered(int number) {
    return "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST(WireOrder, AnswersLeaveInTheOrderOfTheirRequests) {
    wire::Shelf shelf;
    WireServer server([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); });
    RawClient client = server.connect();
    for (int i = 0; i < 8; ++i)
        client.send(numbered(i));
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 8; }));
    for (int i = 7; i >= 0; --i) {
        wire::Reply reply = shelf.take(static_cast<std::size_t>(i));
        std::thread([&] {
            wire::answer(reply, std::to_string(i) + std::string(static_cast<std::size_t>(i) * 3000, '.'));
        }).join();
    }
    for (int i = 0; i < 8; ++i)
        EXPECT_EQ(client.read_answer().body.substr(0, 1), std::to_string(i));
}

TEST(WireOrder, AStreamHoldsBackTheAnswersBehindItAndKeepsItsOwnPieces) {
    wire::Shelf shelf;
    WireServer server([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); });
    RawClient client = server.connect();
    client.send(numbered(0) + numbered(1) + numbered(2));
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 3; }));
    wire::Reply first = shelf.take(), second = shelf.take(), third = shelf.take();
    wire::answer(third, "third");
    second.open(wire::Head(200), {});
    second.write(wire::Bytes(std::string("sec")));
    first.open(wire::Head(200), {});
    first.write(wire::Bytes(std::string("fir")));
    second.write(wire::Bytes(std::string("ond")));
    first.write(wire::Bytes(std::string("st")));
    second.close(wire::Outcome::Complete);
    first.close(wire::Outcome::Complete);
    EXPECT_EQ(client.read_answer().body, "first");
    EXPECT_EQ(client.read_answer().body, "second");
    EXPECT_EQ(client.read_answer().body, "third");
}

TEST(WireOrder, NoMoreThan64RequestsOfAConnectionAreUnanswered) {
    wire::Shelf shelf;
    WireServer server([&](const wire::Request&, wire::Reply reply) { shelf.put(std::move(reply)); });
    RawClient client = server.connect();
    for (int i = 0; i < 100; ++i)
        client.send(numbered(i));
    ASSERT_TRUE(wire::eventually([&] { return shelf.size() == 64; }));
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(wire::eventually([&] { return shelf.size() != 0; }));
        EXPECT_LE(shelf.size(), 64U);
        wire::Reply reply = shelf.take();
        wire::answer(reply, std::to_string(i));
        ASSERT_EQ(client.read_answer().body, std::to_string(i));
    }
}

TEST(WireOrder, AThousandPipelinedRequestsWithLargeAnswersCostBoundedMemory) {
    const std::string page(100'000, 'p');
    WireServer server([&](const wire::Request&, wire::Reply reply) { wire::answer(reply, page); });
    RawClient client = server.connect();
    std::string requests;
    for (int i = 0; i < 1000; ++i)
        requests += wire::get;
    client.send(requests);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(client.read_answer().body.size(), page.size());
    // What was not yet sent was not yet asked for: requests are read as answers leave.
    EXPECT_EQ(server->counters().requests, 1000U);
}

// Clients come, ask, and leave at random while answers are made by other threads: descriptor numbers are reused all the
// time, and nobody may see an answer that is not his.
TEST(WireOrder, NoClientEverReadsAnothersAnswer) {
    host::core::ThreadPool pool("answers", {3, 100'000});
    std::atomic<int> wrong{0}, right{0};
    {
        WireServer server([&](const wire::Request& request, wire::Reply reply) {
            auto shared = std::make_shared<wire::Reply>(std::move(reply));
            const std::string path(request.path);
            if (!pool.post([shared, path] { wire::answer(*shared, path); })) wire::answer(*shared, "full");
        });
        const auto client_loop = [&](unsigned seed) {
            std::minstd_rand random(seed);
            for (int round = 0; round < 150; ++round) {
                RawClient client = server.connect();
                const int requests = 1 + static_cast<int>(random() % 3);
                std::string base = "/" + std::to_string(seed) + "-" + std::to_string(round) + "-";
                for (int i = 0; i < requests; ++i) {
                    client.send("GET " + base + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n");
                }
                if (random() % 2 == 0) {
                    if (random() % 2 == 0) client.reset();
                    continue;
                }
                for (int i = 0; i < requests; ++i) {
                    const bool mine = client.read_answer().body == base + std::to_string(i);
                    ++(mine ? right : wrong);
                }
            }
        };
        std::vector<std::thread> clients;
        for (unsigned seed = 1; seed <= 8; ++seed)
            clients.emplace_back(client_loop, seed);
        for (auto& client : clients)
            client.join();
        EXPECT_TRUE(wire::eventually([&] { return server->counters().requests_open == 0; }));
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(right, 500);
}

}  // namespace
