// Durable jobs end to end: submitted one by one, written, claimed, run and written down as done, on a private PostgreSQL.
// Prints jobs a second. usage: jobs_bench <migrations/gantry> [jobs]
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "host/jobs/jobs.hpp"
#include "tests/bench/private_database.hpp"
#include "tests/bench/window.hpp"

using namespace host;
using Clock = std::chrono::steady_clock;

namespace {

void submit(jobs::Jobs& jobs, int count) {
    bench::Window window(512);
    for (int i = 0; i < count; ++i) {
        window.enter();
        jobs::Draft draft;
        draft.plugin = "bench";
        draft.kind = "nothing";
        draft.payload = R"({"to":"somebody@example.org","subject":"hello"})";
        jobs.submit(std::move(draft), [&](const jobs::Submitted& result) {
            if (result.error) std::fprintf(stderr, "%s\n", result.error->what());
            window.leave();
        });
    }
    window.wait_empty();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: jobs_bench <migrations/gantry> [jobs]\n", stderr), 2;
    const int count = argc > 2 ? std::atoi(argv[2]) : 30'000;
    bench::PrivateDatabase server(argv[1]);
    jobs::Jobs jobs({}, server.database, server.pool, server.logger);
    jobs.start();
    jobs::Kind kind;
    kind.name = "nothing";
    std::atomic<int> runs = 0;
    kind.handle = [&](const jobs::Attempt&) -> std::optional<jobs::Ending> { return ++runs, jobs::Ending{}; };
    jobs::Worker worker;
    worker.plugin = "bench";
    worker.kinds.push_back(kind);
    jobs.activate(std::make_shared<const jobs::Worker>(std::move(worker)));

    const auto begun = Clock::now();
    submit(jobs, count);
    while (jobs.counts().done < static_cast<std::uint64_t>(count))
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    // They are counted when they have run; writing it down belongs to the work.
    while (server.number("select count(*) from job where state <> 2") != 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::printf("%.0f\n", count / std::chrono::duration<double>(Clock::now() - begun).count());
    jobs.drain(Clock::now() + std::chrono::seconds(10));
    jobs.stop();
    if (runs == count && server.number("select count(*) from job where state = 2 and attempt = 1") == count) return 0;
    std::fputs("jobs were lost or ran twice\n", stderr);
    return 1;
}
