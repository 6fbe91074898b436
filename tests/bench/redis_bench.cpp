// SETs of 3 bytes on Redis through the host's store, 64 under way at once. Prints operations a second.
// usage: redis_bench <redis url> [operations]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "host/database/database.hpp"
#include "host/kv/kv.hpp"
#include "tests/bench/window.hpp"

using namespace host;
using Clock = std::chrono::steady_clock;

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: redis_bench <redis url> [operations]\n", stderr), 2;
    const int count = argc > 2 ? std::atoi(argv[2]) : 500'000;
    const log::Logger logger(log::open_stderr({.level = log::Level::Warn, .format = log::Format::Text, .levels = {}}),
                             "bench");
    database::Database database({}, logger);  // not started: Redis needs none
    kv::Settings settings;
    settings.store = kv::StoreKind::Redis;
    settings.redis_url = argv[1];
    kv::Kv kv(settings, database, logger);
    kv.start();
    const auto client = kv.client("bench");
    bench::Window window(64);
    int failures = 0;
    const auto begun = Clock::now();
    for (int i = 0; i < count; ++i) {
        window.enter();
        kv::Request request{.operation = kv::Operation::Put, .key = "key", .value = "xxx"};
        client->run(std::move(request), [&] {
            return [&](kv::Outcome&& outcome) {
                failures += outcome.failure.has_value();
                window.leave();
            };
        });
    }
    window.wait_empty();
    std::printf("%.0f\n", count / std::chrono::duration<double>(Clock::now() - begun).count());
    client->abandon();
    kv.stop();
    return failures == 0 ? 0 : 1;
}
