// Events from one plugin to another, published one by one. Prints events a second: local ones first, then durable ones,
// each written, delivered in order and its position written down, on a private PostgreSQL.
// usage: events_bench <migrations/gantry> [durable events]
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "host/events/events.hpp"
#include "tests/bench/private_database.hpp"
#include "tests/bench/window.hpp"

using namespace host;
using Clock = std::chrono::steady_clock;

namespace {

events::Event event() {
    events::Event made;
    made.source = "bench";
    made.topic = "bench.happened";
    made.key = "7";
    made.payload = R"({"change":"bench.happened","id":"note_7"})";
    return made;
}

template <typename Publish>
double a_second(int count, const std::atomic<int>& heard, Publish publish) {
    const int before = heard;
    const auto begun = Clock::now();
    for (int i = 0; i < count; ++i)
        publish();
    while (heard - before < count)
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    return count / std::chrono::duration<double>(Clock::now() - begun).count();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: events_bench <migrations/gantry> [events]\n", stderr), 2;
    const int count = argc > 2 ? std::atoi(argv[2]) : 20'000;
    bench::PrivateDatabase server(argv[1]);
    events::Events room({}, server.database, server.pool, server.logger);
    room.start();
    std::atomic<int> local{0}, durable{0};
    const auto counting = [](std::atomic<int>& heard) {
        return [&heard](const events::Event&, std::uint32_t) -> std::optional<std::string> { return ++heard, std::nullopt; };
    };
    bench::Window window(512);
    const auto subscribe = [&](bool is_durable, std::atomic<int>& heard) {
        room.activate(std::make_shared<const events::Subscriber>(
            events::Subscriber{"listener", {{"all", "bench.*", is_durable, counting(heard)}}}));
    };

    subscribe(false, local);
    // What waits is bounded: whoever publishes faster than the subscriber hears loses events.
    const double locally = a_second(200'000, local, [&, sent = 0]() mutable {
        for (++sent; sent - local > 256;)
            std::this_thread::yield();
        room.publish_local(event());
    });
    subscribe(true, durable);
    const double durably = a_second(count, durable, [&] {
        window.enter();
        room.publish(event(), [&](const core::Error* error) {
            if (error != nullptr) std::fprintf(stderr, "%s\n", error->what());
            window.leave();
        });
    });
    std::printf("%.0f %.0f\n", locally, durably);
    window.wait_empty();
    room.drain(Clock::now() + std::chrono::seconds(10));
    room.stop();
    return 0;
}
