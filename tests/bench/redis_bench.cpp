// SETs of 3 bytes on Redis through the host's store, 64 under way at once. Prints operations a second.
// usage: redis_bench <redis url> [operations]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>

#include "host/database/database.hpp"
#include "host/kv/kv.hpp"

using namespace host;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int at_once = 64;

// Each that ends begins the next, as in a host whose requests go on when their answers come: nothing is spent on waking
// another thread that has nothing else to do. The first ones come from outside, as requests do.
class Sets {
  public:
    Sets(kv::Client& client, int count) : client_(client), unbegun_(count), unended_(count) {}

    void run() {
        for (int i = 0; i < at_once; ++i)
            begin();
        all_.get_future().wait();
    }
    int failures() const { return failures_; }

  private:
    void begin() {
        if (--unbegun_ < 0) return;
        client_.run({.operation = kv::Operation::Put, .key = "key", .value = "xxx"}, [this] {
            return [this](kv::Outcome&& outcome) {
                failures_ += outcome.failure.has_value() || outcome.version == 0;
                begin();
                if (--unended_ == 0) all_.set_value();
            };
        });
    }

    kv::Client& client_;
    std::atomic<int> unbegun_;
    int unended_;  // this and the next: the store's thread only
    int failures_ = 0;
    std::promise<void> all_;
};

bool is_there(kv::Client& client) {
    std::promise<bool> there;
    client.run({.operation = kv::Operation::Get, .key = "key"},
               [&] { return [&](kv::Outcome&& outcome) { there.set_value(outcome.value == "xxx"); }; });
    return there.get_future().get();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: redis_bench <redis url> [operations]\n", stderr), 2;
    const int count = std::max(1, argc > 2 ? std::atoi(argv[2]) : 500'000);
    const log::Logger logger(log::open_stderr({.level = log::Level::Warn, .format = log::Format::Text, .levels = {}}),
                             "bench");
    database::Database database({}, logger);  // not started: Redis needs none
    kv::Settings settings;
    settings.store = kv::StoreKind::Redis;
    settings.redis_url = argv[1];
    kv::Kv kv(settings, database, logger);
    kv.start();
    const auto client = kv.client("bench");
    Sets sets(*client, count);
    const auto begun = Clock::now();
    sets.run();
    std::printf("%.0f\n", count / std::chrono::duration<double>(Clock::now() - begun).count());
    const bool right = sets.failures() == 0 && is_there(*client);
    client->abandon();
    kv.stop();
    return right ? 0 : 1;
}
