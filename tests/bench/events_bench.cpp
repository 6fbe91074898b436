// Events from one plugin to another, published one by one, each heard exactly once and in order. Prints events a second:
// local ones first, then durable ones, each written, delivered and its position written down, on a private PostgreSQL.
// usage: events_bench <migrations/gantry> [durable events]
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "host/events/events.hpp"
#include "tests/bench/private_database.hpp"
#include "tests/bench/window.hpp"

using namespace host;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int local_count = 200'000;

events::Event event(int number) {
    events::Event made;
    made.source = "bench";
    made.topic = "bench.happened";
    made.key = "7";
    made.payload = R"({"change":"bench.happened","id":"note_7","number":)" + std::to_string(number) + "}";
    return made;
}

// What one subscriber hears; it is called once at a time.
class Hearing {
  public:
    explicit Hearing(int count) : count_(count) {}

    std::optional<std::string> operator()(const events::Event& event) {
        const std::size_t colon = event.payload.rfind(':');
        if (std::atoi(event.payload.c_str() + colon + 1) != heard_) is_disturbed_ = true;
        ++heard_;
        return std::nullopt;
    }
    int heard() const { return heard_; }
    void wait_for(int count) const {
        while (heard_ < count)
            std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    // All of them, none twice, none before its time.
    bool is_right() const { return !is_disturbed_ && heard_ == count_; }

  private:
    const int count_;
    std::atomic<int> heard_{0};
    std::atomic<bool> is_disturbed_{false};
};

void subscribe(events::Events& room, bool is_durable, Hearing& hearing) {
    const auto deliver = [&hearing](const events::Event& event, std::uint32_t) { return hearing(event); };
    room.activate(std::make_shared<const events::Subscriber>(
        events::Subscriber{"listener", {{"all", "bench.*", is_durable, deliver}}}));
}

double a_second(int count, Clock::time_point begun) {
    return count / std::chrono::duration<double>(Clock::now() - begun).count();
}

double locally(events::Events& room, Hearing& hearing) {
    subscribe(room, false, hearing);
    const auto begun = Clock::now();
    for (int i = 0; i < local_count; ++i) {
        // What waits is bounded: whoever publishes faster than the subscriber hears loses events.
        while (i - hearing.heard() > 256)
            std::this_thread::yield();
        room.publish_local(event(i));
    }
    hearing.wait_for(local_count);
    return a_second(local_count, begun);
}

double durably(events::Events& room, Hearing& hearing, int count) {
    subscribe(room, true, hearing);
    const auto status = [&] {
        const auto all = room.admin().subscriptions();
        return all.empty() ? events::SubscriptionStatus{} : all.front();
    };
    // It hears what comes after its declaration.
    while (status().host.empty())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    bench::Window window(512);
    const auto begun = Clock::now();
    for (int i = 0; i < count; ++i) {
        window.enter();
        room.publish(event(i), [&](const core::Error* error) {
            if (error != nullptr) std::fprintf(stderr, "%s\n", error->what());
            window.leave();
        });
    }
    hearing.wait_for(count);
    // The position of the last batch belongs to the work.
    for (auto now = status(); now.waiting != 0 || now.delivered != static_cast<std::uint64_t>(count); now = status())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const double rate = a_second(count, begun);
    window.wait_empty();
    return rate;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: events_bench <migrations/gantry> [events]\n", stderr), 2;
    const int count = argc > 2 ? std::atoi(argv[2]) : 100'000;
    bench::PrivateDatabase server(argv[1]);
    events::Events room({}, server.database, server.pool, server.logger);
    room.start();
    Hearing local(local_count), durable(count);
    const double local_rate = locally(room, local);
    const double durable_rate = durably(room, durable, count);
    std::printf("%.0f %.0f\n", local_rate, durable_rate);
    const bool written = server.number("select count(*) from event where topic = 'bench.happened'") == count;
    room.drain(Clock::now() + std::chrono::seconds(10));
    room.stop();
    if (local.is_right() && durable.is_right() && written) return 0;
    std::fputs("events were lost, came twice, came out of order or are not on the disk\n", stderr);
    return 1;
}
