// The database under faults: whatever happens to the server, operations complete, and it comes back by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "host/database/connection.hpp"
#include "host/database/session_url.hpp"
#include "tests/host/database/database_fixture.hpp"

using namespace host::database;
using namespace std::chrono_literals;
using namespace tests;
using host::core::Code;
using host::core::Monotonic;

namespace {

// A Database on a private cluster of its own, which the test may kill.
struct Victim {
    Victim() : running(settings()) {}
    Settings settings() const {
        Settings result;
        result.data_directory = directory.path();
        result.connections = 2;
        // A server that comes back slowly, on a machine with much to do, must not be taken for one that stays away.
        result.connect_deadline = result.queue_deadline = std::chrono::minutes(1);
        return result;
    }
    pid_t postmaster() const {
        std::ifstream file(directory.path() / "postgresql/cluster/postmaster.pid");
        pid_t id = 0;
        file >> id;
        return id;
    }
    TemporaryDirectory directory;
    RunningDatabase running;
};

// Threads that write until they are told to stop; what they were told is counted.
class Load {
  public:
    explicit Load(Client& client) {
        for (int t = 0; t < 3; ++t) {
            threads_.emplace_back([this, &client] {
                while (!stop_) {
                    const Outcome outcome = run(client, "insert into note values (1)");
                    if (!outcome.error) {
                        ++written_;
                    } else {
                        ++failed_;
                        if (outcome.error->code() != Code::Unavailable) ++strange_;
                    }
                }
            });
        }
    }
    ~Load() { stop(); }
    void stop() {
        stop_ = true;
        for (auto& thread : threads_) {
            if (thread.joinable()) thread.join();
        }
    }
    // Returns when so many more have been written.
    void wait_for_progress(int count) const {
        const int goal = written_ + count;
        while (written_ < goal)
            std::this_thread::yield();
    }

    std::atomic<int> written_{0}, failed_{0}, strange_{0};

  private:
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

}  // namespace

TEST(Recovery, LosesOnlyWhatWasInFlightWhenThePostmasterIsKilled) {
    Victim victim;
    const auto notes = victim.running.client("notes");
    run(*notes, "create table note (id int)");
    Load load(*notes);
    load.wait_for_progress(50);
    kill(victim.postmaster(), SIGKILL);
    load.wait_for_progress(50);
    load.stop();
    EXPECT_EQ(load.strange_, 0);
    EXPECT_LE(load.failed_, 6) << "two connections, and the moment of the fall";
    const auto kept = number(run(*notes, "select count(*) from note"));
    EXPECT_GE(kept, load.written_) << "nothing that was confirmed is lost";
    EXPECT_LE(kept, load.written_ + load.failed_);
}

TEST(Recovery, OutlivesAnOrderlyRestartUnderLoad) {
    Victim victim;
    const auto notes = victim.running.client("notes");
    run(*notes, "create table note (id int)");
    Load load(*notes);
    load.wait_for_progress(50);
    kill(victim.postmaster(), SIGINT);
    load.wait_for_progress(50);
    load.stop();
    EXPECT_EQ(load.strange_, 0);
    EXPECT_LE(load.failed_, 6);
    EXPECT_TRUE(victim.running.database.ping(5s).ok);
}

TEST(Recovery, RepeatsAnIdempotentStatementOnce) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    Query query = make_query("select pg_sleep(0.5), 5");
    query.idempotent = true;
    Pending pending = start(*notes, std::move(query));
    Connection killer(session_url(as_superuser(running.database.access().url), {5s, 30s, 60s}), quiet_logger());
    killer.connect();
    const std::string kill_it =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where state = 'active' and query like 'select pg_sleep%' and pid <> pg_backend_pid()";
    const auto killed = [&] { return killer.run(kill_it, {}, {Monotonic::now() + 5s, 1 << 20}).cell(0, 0).as.integer; };
    while (killed() == 0)
        std::this_thread::yield();
    const Outcome outcome = pending.outcome.get();
    EXPECT_EQ(failure(outcome), "");
    EXPECT_EQ(outcome.rows.cell(0, 1).as.integer, 5);

    Pending once = start(*notes, make_query("select pg_sleep(20)"));
    while (killed() == 0)
        std::this_thread::yield();
    const Outcome lost = once.outcome.get();
    ASSERT_TRUE(lost.error);
    EXPECT_EQ(lost.error->code(), Code::Unavailable);
    EXPECT_TRUE(lost.error->retryable());
    EXPECT_EQ(number(run(*notes, "select 1")), 1);
}

TEST(Recovery, ATransactionThatLostItsConnectionIsNotContinuedOnAnother) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    const auto transaction = begin(*notes).transaction;
    run(*notes, "insert into note values (1)", {}, transaction);
    const auto backend = number(run(*notes, "select pg_backend_pid()", {}, transaction));
    Connection killer(session_url(as_superuser(running.database.access().url), {5s, 30s, 60s}), quiet_logger());
    killer.connect();
    killer.run("select pg_terminate_backend($1, 5000)", {Value(integer(backend))}, {Monotonic::now() + 5s, 1 << 20});
    EXPECT_EQ(run(*notes, "insert into note values (2)", {}, transaction).error->code(), Code::Unavailable);
    EXPECT_EQ(run(*notes, "insert into note values (3)", {}, transaction).error->code(), Code::Unavailable);
    EXPECT_EQ(end(*notes, transaction, Ending::Commit).error->code(), Code::Unavailable);
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 0);
}

TEST(Recovery, SurvivesTheKillingOfABackend) {
    Victim victim;
    const auto notes = victim.running.client("notes");
    const auto backend = number(run(*notes, "select pg_backend_pid()"));
    kill(static_cast<pid_t>(backend), SIGKILL);  // the postmaster then resets every other one
    Query query = make_query("select 1");
    query.idempotent = true;
    EXPECT_EQ(number(run(*notes, std::move(query))), 1);
}
