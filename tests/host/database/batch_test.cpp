// Statements that share one way to the server.

#include <gtest/gtest.h>

#include <set>

#include "host/database/connection.hpp"
#include "host/database/session_url.hpp"
#include "tests/host/database/database_fixture.hpp"

using host::core::Code;
using host::core::Monotonic;
using namespace host::database;
using namespace std::chrono_literals;
using namespace tests;

namespace {

Query read(const std::string& sql, const std::vector<gantry_value>& parameters) {
    Query query = make_query(sql, parameters);
    query.idempotent = true;
    return query;
}

// Until it is known as quick: how long it takes here, with the change of threads, is more than what the lane measures.
void run_until_quick(Client& client, const Query& query) {
    for (int i = 0; i < 10'000; ++i) {
        const auto begun = Monotonic::now();
        ASSERT_EQ(failure(run(client, query)), "");
        if (Monotonic::now() - begun < 1ms) return;
    }
    FAIL() << "nothing is quick on this machine";
}

// One connection, kept busy by a statement that waits for a lock: what is submitted meanwhile is there at once when the lock
// is given back.
class BusyDatabase {
  public:
    BusyDatabase() : running(one_connection()), client(running.client("notes")), holder_(url(), quiet_logger()) {
        holder_.connect();
        run(*client, "create table lock (id int)");
    }

    void as_superuser(const std::string& sql) { holder_.command(sql, bounds()); }
    void hold() {
        holder_.command("begin; lock table notes.lock", bounds());
        blocked_ = start(*client, make_query("select * from lock"));
    }
    void release() {
        holder_.command("rollback", bounds());
        EXPECT_EQ(failure(blocked_.outcome.get()), "");
    }

    RunningDatabase running;
    std::unique_ptr<Client> client;

  private:
    static Settings one_connection() {
        Settings settings = fresh_settings();
        settings.connections = 1;
        return settings;
    }
    static Bounds bounds() { return {Monotonic::now() + 20s, 1 << 20}; }
    std::string url() const { return session_url(tests::as_superuser(running.database.access().url), {5s, 30s, 60s}); }

    Connection holder_;
    Pending blocked_;
};

// The answer of one that is to succeed.
std::int64_t answered(Pending& pending) {
    const Outcome outcome = pending.outcome.get();
    EXPECT_EQ(failure(outcome), "");
    return outcome.error ? -1 : number(outcome);
}

}  // namespace

TEST(Batch, GivesEachStatementItsOwnAnswerInOneTransaction) {
    BusyDatabase busy;
    const std::string sql = "select $1::int, now()::text";
    std::set<std::string> times;
    // On a machine that is very busy even a batch may pass its patience, and be carried out one by one.
    for (int round = 0; round < 50 && times.size() != 1; ++round) {
        run_until_quick(*busy.client, read(sql, {integer(1)}));
        busy.hold();
        std::vector<Pending> pending;
        for (int i = 0; i < 10; ++i)
            pending.push_back(start(*busy.client, read(sql, {integer(i)})));
        busy.release();
        times.clear();
        for (int i = 0; i < 10; ++i) {
            const Outcome outcome = pending[i].outcome.get();
            ASSERT_EQ(failure(outcome), "");
            EXPECT_EQ(number(outcome), i);
            times.insert(std::string(text_in(outcome.rows.cell(0, 1))));
        }
    }
    EXPECT_EQ(times.size(), 1U) << "now() is the time of the transaction: they went together";
}

TEST(Batch, LeavesAnErrorToTheStatementThatMadeIt) {
    BusyDatabase busy;
    const std::string sql = "select 12 / $1::int";
    EXPECT_EQ(number(run(*busy.client, read(sql, {integer(3)}))), 4);
    busy.hold();
    std::vector<Pending> pending;
    for (int i = -2; i <= 2; ++i)
        pending.push_back(start(*busy.client, read(sql, {integer(i)})));
    busy.release();
    EXPECT_EQ(answered(pending[0]), -6);
    EXPECT_EQ(answered(pending[1]), -12);
    EXPECT_EQ(failure(pending[2].outcome.get()), "SQLSTATE_22012");
    EXPECT_EQ(answered(pending[3]), 12);
    EXPECT_EQ(answered(pending[4]), 6);
}

TEST(Batch, LetsNobodyWaitForAStatementThatTurnsOutToBeSlow) {
    BusyDatabase busy;
    const std::string sql = "select 7 from (select pg_sleep($1::int)) as slept";
    EXPECT_EQ(number(run(*busy.client, read(sql, {integer(0)}))), 7);
    busy.hold();
    Pending before = start(*busy.client, read(sql, {integer(0)}));
    Pending slow = start(*busy.client, read(sql, {integer(3600)}));
    Query late = read(sql, {integer(3600)});
    late.deadline = 500ms;
    Pending too_late = start(*busy.client, std::move(late));
    Pending after = start(*busy.client, read(sql, {integer(0)}));
    busy.release();
    EXPECT_EQ(answered(before), 7);
    busy.client->cancel(slow.operation);
    EXPECT_EQ(slow.outcome.get().error->code(), Code::Cancelled);
    EXPECT_EQ(too_late.outcome.get().error->code(), Code::Timeout);
    EXPECT_EQ(answered(after), 7);
}

TEST(Batch, SurvivesAConnectionThatBreaksInTheMiddle) {
    BusyDatabase busy;
    busy.as_superuser(
        "create function notes.leave(boolean) returns int language sql security definer as 'select 7 from "
        "(select case when $1 then pg_terminate_backend(pg_backend_pid()) end) as ended'");
    const std::string sql = "select leave($1::int = 1)";
    EXPECT_EQ(number(run(*busy.client, read(sql, {integer(0)}))), 7);
    busy.hold();
    std::vector<Pending> pending;
    for (const int ends : {0, 1, 0})
        pending.push_back(start(*busy.client, read(sql, {integer(ends)})));
    busy.release();
    EXPECT_EQ(answered(pending[0]), 7);
    EXPECT_EQ(failure(pending[1].outcome.get()), "SQLSTATE_57P01");
    EXPECT_EQ(answered(pending[2]), 7);
}

TEST(Batch, KeepsEndingsOfTransactionsAwayFromTheOthers) {
    BusyDatabase busy;
    run(*busy.client, "create table kept (id int primary key)");
    const std::string keep = "insert into kept values ($1) on conflict do nothing", undo = "rollback";
    run_until_quick(*busy.client, read(keep, {integer(1)}));
    run_until_quick(*busy.client, read(undo, {}));
    busy.hold();
    Pending kept = start(*busy.client, read(keep, {integer(2)}));
    Pending undone = start(*busy.client, read(undo, {}));
    busy.release();
    EXPECT_EQ(failure(kept.outcome.get()), "");
    EXPECT_EQ(failure(undone.outcome.get()), "");
    EXPECT_EQ(number(run(*busy.client, "select count(*) from kept")), 2) << "it was told that its row is there";
}

TEST(Batch, LeavesASettingToTheStatementThatMadeIt) {
    BusyDatabase busy;
    const std::string set = "set timezone to 'Asia/Tokyo'",
                      hour =
                          "select extract(hour from timestamp '2020-01-01'::timestamptz "
                          "at time zone 'UTC')::int + $1::int";
    run_until_quick(*busy.client, read(set, {}));
    run_until_quick(*busy.client, read(hour, {integer(0)}));
    busy.hold();
    Pending changed = start(*busy.client, read(set, {}));
    Pending asked = start(*busy.client, read(hour, {integer(0)}));
    busy.release();
    EXPECT_EQ(failure(changed.outcome.get()), "");
    EXPECT_EQ(answered(asked), 0);
}

TEST(Batch, ServesAFirstUseOfAStatementOnAnotherConnection) {
    RunningDatabase running;
    const auto client = running.client("notes");
    std::vector<Pending> pending;
    for (int i = 0; i < 900; ++i)
        pending.push_back(start(*client, read("select $1::int + " + std::to_string(i % 7), {integer(i)})));
    for (int i = 0; i < 900; ++i)
        ASSERT_EQ(answered(pending[i]), i + i % 7);
}
