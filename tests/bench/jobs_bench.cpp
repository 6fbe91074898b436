// Durable jobs end to end: submitted one by one, written, claimed, run and written down as done, on a private PostgreSQL.
// usage: jobs_bench <migrations/gantry> [jobs]
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/database/migrator.hpp"
#include "host/database/statement.hpp"
#include "host/jobs/jobs.hpp"

using namespace host;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

// Lets as many submissions be under way as a busy host would have.
class Window {
  public:
    explicit Window(int most) : free_(most) {}
    void enter() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return free_ > 0; });
        --free_;
    }
    void leave() {
        std::lock_guard lock(mutex_);
        ++free_;
        changed_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: jobs_bench <migrations/gantry> [jobs]\n", stderr), 2;
    const int jobs_count = argc > 2 ? std::atoi(argv[2]) : 30'000;
    std::string directory = "/tmp/gantry-bench-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) return 1;
    std::filesystem::permissions(directory, std::filesystem::perms(0755));
    {
        const log::Logger logger(log::open_stderr({.level = log::Level::Warn, .format = log::Format::Text, .levels = {}}),
                                 "bench");
        core::ThreadPool pool("blocking", {8, 1024});
        database::Settings settings;
        settings.data_directory = directory;
        database::Database database(settings, logger);
        database.start();
        database::Migrator(database.access(), logger).apply("gantry", argv[1]);
        jobs::Jobs jobs({}, database, pool, logger);
        jobs.start();
        std::atomic<int> begun{0};
        jobs::Kind kind;
        kind.name = "nothing";
        kind.handle = [&](const jobs::Attempt&) -> std::optional<jobs::Ending> { return ++begun, jobs::Ending{}; };
        jobs::Worker worker;
        worker.plugin = "bench";
        worker.kinds.push_back(kind);
        jobs.activate(std::make_shared<const jobs::Worker>(std::move(worker)));

        const auto start = Clock::now();
        Window window(512);
        for (int i = 0; i < jobs_count; ++i) {
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
        const double submitted = seconds_since(start);
        while (jobs.counts().done < static_cast<std::uint64_t>(jobs_count))
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const double done = seconds_since(start);
        std::printf("jobs: %d in %.2f s: %.0f/s end to end; submitting took %.2f s\n", jobs_count, done, jobs_count / done,
                    submitted);
        jobs.drain(Clock::now() + std::chrono::seconds(10));
        jobs.stop();
    }
    std::filesystem::remove_all(directory);
    return 0;
}
