// Everything at once: whatever happens around it, a statement gets its own answer, once, and the counts come out even.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <thread>

#include "host/database/connection.hpp"
#include "host/database/session_url.hpp"
#include "tests/host/database/database_fixture.hpp"

using host::core::Code;
using host::core::Error;
using host::core::Monotonic;
using namespace host::database;
using namespace std::chrono_literals;
using namespace tests;

namespace {

constexpr std::int64_t fails_at = 13;  // what the statement divides by nothing for

// Some are idempotent and go together, some fail, some take longer than those that go with them like.
Query question(std::int64_t about, unsigned kind) {
    const std::string slowly = kind % 17 == 0 ? "select $1::bigint from pg_sleep(0.003)" : "select $1::bigint";
    Query query =
        make_query(kind % 5 == 0 ? slowly + " where 1 / ($1::bigint % 100 - 13) is not null" : slowly, {integer(about)});
    query.idempotent = kind % 3 != 0;
    return query;
}

class Storm {
  public:
    explicit Storm(bool kills) : kills_(kills) {}

    void rage() {
        // Made before the storm: it would break the migrations' connections as well.
        std::vector<std::unique_ptr<Client>> clients;
        for (const char* owner : {"notes", "hello", "notes"})
            clients.push_back(running_.client(owner));
        std::vector<std::thread> threads;
        for (unsigned seed = 0; seed < 3; ++seed)
            threads.emplace_back([this, seed, &client = *clients[seed]] { ask(seed, client); });
        for (auto& thread : threads)
            thread.join();
    }

    std::atomic<int> wrong{0}, right{0}, told{0};

  private:
    struct Asked {
        Pending pending;
        std::int64_t about;
        bool fails, cancelled;
    };

    void ask(unsigned seed, Client& client) {
        std::minstd_rand random(seed + 1);
        std::vector<Asked> asked;
        for (int round = 0; round < 60; ++round) {
            for (int i = 0; i < 20; ++i)
                asked.push_back(ask_one(client, random));
            if (kills_ && seed == 0 && round % 10 == 5) kill_backends();
            for (Asked& each : asked)
                judge(each);
            asked.clear();
        }
    }

    Asked ask_one(Client& client, std::minstd_rand& random) {
        const auto about = static_cast<std::int64_t>(random());
        const auto kind = static_cast<unsigned>(random() >> 4);
        Asked asked{start(client, question(about, kind)), about, kind % 5 == 0 && about % 100 == fails_at,
                    random() % 20 == 0};
        if (asked.cancelled) client.cancel(asked.pending.operation);
        return asked;
    }

    void judge(Asked& asked) {
        const Outcome outcome = asked.pending.outcome.get();
        if (!outcome.error) {
            const bool own = !asked.fails && outcome.rows.size() == 1 && number(outcome) == asked.about;
            ++(own ? right : wrong);
            return;
        }
        const bool cancelled = asked.cancelled && outcome.error->code() == Code::Cancelled;
        const bool failed = asked.fails && outcome.error->name() == "SQLSTATE_22012";
        const bool killed = kills_ && outcome.error->code() == Code::Unavailable;
        if (cancelled || failed || killed) {
            ++told;
        } else {
            ++wrong;
            ADD_FAILURE() << outcome.error->what();
        }
    }

    void kill_backends() {
        Connection superuser(session_url(as_superuser(running_.database.access().url), {5s, 30s, 60s}), quiet_logger());
        superuser.connect();
        superuser.command(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid()",
            {Monotonic::now() + 10s, 1 << 20});
    }

    const bool kills_;

  public:
    // Last: it waits for what is under way.
    RunningDatabase running_{three_connections()};

  private:
    static Settings three_connections() {
        Settings settings = fresh_settings();
        settings.connections = 3;
        return settings;
    }
};

void expect_calm(Storm& storm) {
    EXPECT_EQ(storm.wrong, 0);
    EXPECT_EQ(storm.right + storm.told, 3 * 60 * 20);
    EXPECT_GT(storm.right, storm.told);
    const Counts counts = storm.running_.database.counts();
    EXPECT_EQ(counts.waiting, 0U);
    EXPECT_EQ(counts.connections_in_use, 0U);
}

}  // namespace

TEST(Storm, GivesEachStatementItsOwnAnswer) {
    Storm storm(false);
    storm.rage();
    expect_calm(storm);
}

TEST(Storm, GivesEachStatementItsOwnAnswerThoughConnectionsBreak) {
    Storm storm(true);
    storm.rage();
    expect_calm(storm);
}
