#include "host/database/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "host/core/thread_kind.hpp"
#include "tests/host/database/database_fixture.hpp"

using host::core::Code;
using host::core::Error;
using namespace host::database;
using namespace std::chrono_literals;
using namespace tests;

namespace {

template <typename F>
Code code_thrown(F&& use) {
    try {
        use();
    } catch (const Error& error) {
        return error.code();
    }
    return Code::Internal;
}

}  // namespace

TEST(Client, ReadsAndWritesItsOwnSchema) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    ASSERT_EQ(failure(run(*notes, "create table note (id int primary key, title text not null)")), "");
    EXPECT_EQ(run(*notes, "insert into note values ($1, $2)", {integer(1), text("first")}).rows.affected(), 1U);
    const Outcome found =
        run(*notes, "select title, current_schema(), current_user::text from note where id = $1", {integer(1)});
    EXPECT_EQ(text_in(found.rows.cell(0, 0)), "first");
    EXPECT_EQ(text_in(found.rows.cell(0, 1)), "notes");
    EXPECT_EQ(text_in(found.rows.cell(0, 2)), "gantry_notes");
}

TEST(Client, CompletesOnWorkerThreads) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    std::promise<host::core::ThreadKind> kind;
    notes->query(make_query("select 1"), [&](Outcome&&) { kind.set_value(host::core::thread_kind()); });
    EXPECT_EQ(kind.get_future().get(), host::core::ThreadKind::Worker);
}

TEST(Client, CannotReachAnotherPluginsTables) {
    RunningDatabase running;
    const auto notes = running.client("notes"), hello = running.client("hello");
    run(*notes, "create table note (id int)");
    EXPECT_EQ(failure(run(*hello, "select * from notes.note")), "SQLSTATE_42501");
    EXPECT_EQ(failure(run(*hello, "select * from gantry.migrations")), "SQLSTATE_42501");
    EXPECT_EQ(failure(run(*hello, "drop schema notes cascade")), "SQLSTATE_42501");
    EXPECT_EQ(failure(run(*hello, "select * from note")), "SQLSTATE_42P01");
}

TEST(Client, WorksWithSchemasAloneWhenRolesAreOff) {
    Settings settings = fresh_settings();
    settings.plugin_roles = Roles::Off;
    RunningDatabase running(settings);
    const auto notes = running.client("notes");
    EXPECT_EQ(failure(run(*notes, "create table note (id int)")), "");
    EXPECT_EQ(text_in(run(*notes, "select schemaname from pg_tables where tablename = 'note'").rows.cell(0, 0)), "notes");
}

TEST(Client, TurnsSqlstatesIntoErrors) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int primary key, size int constraint positive check (size > 0), name text not null)");
    run(*notes, "insert into note values (1, 1, 'a')");
    const Outcome twice = run(*notes, "insert into note values ($1, 1, 'b')", {integer(1)});
    ASSERT_TRUE(twice.error);
    EXPECT_EQ(twice.error->code(), Code::Conflict);
    EXPECT_EQ(twice.error->name(), "SQLSTATE_23505");
    EXPECT_EQ(twice.error->where(), "note_pkey");
    const Outcome negative = run(*notes, "insert into note values (2, $1, 'b')", {integer(-1)});
    EXPECT_EQ(negative.error->code(), Code::InvalidArgument);
    EXPECT_EQ(negative.error->where(), "positive");
    EXPECT_EQ(run(*notes, "select $1::int", {text("x")}).error->code(), Code::InvalidArgument);
    EXPECT_EQ(run(*notes, "selec 1").error->code(), Code::Internal);
    // PostgreSQL files it among the failures of connections; it is the plugin's mistake, and waiting does not mend it.
    const Outcome one_too_many = run(*notes, "select $1::int", {integer(1), integer(2)});
    EXPECT_EQ(failure(one_too_many), "SQLSTATE_08P01");
    EXPECT_EQ(one_too_many.error->code(), Code::Internal);
    EXPECT_FALSE(one_too_many.error->retryable());
    EXPECT_EQ(run(*notes, "").error->code(), Code::InvalidArgument);
    EXPECT_EQ(failure(run(*notes, "select 1; select 2")), "SQLSTATE_42601");
    EXPECT_EQ(number(run(*notes, "select 1")), 1);
}

TEST(Client, LeavesSqlAsItIs) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    EXPECT_EQ(number(run(*notes, "select $1::int -- don't :stop\n", {integer(4)})), 4);
    EXPECT_EQ(text_in(run(*notes, "select (array['a','b','c'])[1:2]").rows.cell(0, 0)), "{a,b}");
    EXPECT_EQ(text_in(run(*notes, "select $$:x 'y$$ || E'it\\'s'").rows.cell(0, 0)), ":x 'yit's");
}

TEST(Client, SeesNewColumnsAfterAlterTable) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(run(*notes, "select * from note").rows.view().columns_n, 1U);
    run(*notes, "alter table note add column title text");
    for (int i = 0; i < 4; ++i) {
        const Outcome outcome = run(*notes, "select * from note");
        EXPECT_EQ(failure(outcome), "");
        EXPECT_EQ(outcome.rows.view().columns_n, 2U);
    }
}

TEST(Client, CommitsAndRollsBack) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    for (const Ending ending : {Ending::Commit, Ending::Rollback}) {
        const Outcome opened = begin(*notes);
        ASSERT_EQ(failure(opened), "");
        run(*notes, "insert into note values (1)", {}, opened.transaction);
        EXPECT_EQ(failure(end(*notes, opened.transaction, ending)), "");
        EXPECT_EQ(code_thrown([&] { run(*notes, "select 1", {}, opened.transaction); }), Code::Gone);
    }
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 1);
}

TEST(Client, HonoursTransactionOptions) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    const Outcome opened = begin(*notes, {Isolation::Serializable, true});
    EXPECT_EQ(text_in(run(*notes, "show transaction_isolation", {}, opened.transaction).rows.cell(0, 0)), "serializable");
    EXPECT_EQ(failure(run(*notes, "insert into note values (1)", {}, opened.transaction)), "SQLSTATE_25006");
    end(*notes, opened.transaction, Ending::Rollback);
}

TEST(Client, AnswersTheCommitOfAFailedTransactionWithConflict) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    const Outcome opened = begin(*notes);
    run(*notes, "insert into note values (1)", {}, opened.transaction);
    EXPECT_EQ(failure(run(*notes, "select 1 / 0", {}, opened.transaction)), "SQLSTATE_22012");
    EXPECT_EQ(failure(run(*notes, "select 1", {}, opened.transaction)), "SQLSTATE_25P02");
    EXPECT_EQ(failure(end(*notes, opened.transaction, Ending::Commit)), "CONFLICT");
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 0);
}

TEST(Client, ReportsWhatADeferredConstraintRefusesAtCommit) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int unique deferrable initially deferred)");
    const Outcome opened = begin(*notes);
    run(*notes, "insert into note values (1), (1)", {}, opened.transaction);
    EXPECT_EQ(failure(end(*notes, opened.transaction, Ending::Commit)), "SQLSTATE_23505");
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 0);
}

TEST(Client, SavepointsUndoAFailure) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    const auto transaction = begin(*notes).transaction;
    run(*notes, "savepoint before", {}, transaction);
    run(*notes, "select 1 / 0", {}, transaction);
    run(*notes, "rollback to savepoint before", {}, transaction);
    run(*notes, "insert into note values (1)", {}, transaction);
    EXPECT_EQ(failure(end(*notes, transaction, Ending::Commit)), "");
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 1);
}

TEST(Client, RefusesTransactionsMadeWithStatements) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    EXPECT_EQ(failure(run(*notes, "begin")), "INVALID_ARGUMENT");
    const auto transaction = begin(*notes).transaction;
    EXPECT_EQ(failure(run(*notes, "commit", {}, transaction)), "");
    EXPECT_EQ(failure(run(*notes, "select 1", {}, transaction)), "CONFLICT");
    EXPECT_EQ(failure(end(*notes, transaction, Ending::Commit)), "CONFLICT");
    EXPECT_EQ(number(run(*notes, "select 1")), 1);
}

TEST(Client, CannotUseATransactionOfAnotherClient) {
    RunningDatabase running;
    const auto notes = running.client("notes"), hello = running.client("hello");
    const auto transaction = begin(*notes).transaction;
    EXPECT_EQ(code_thrown([&] { run(*hello, "select 1", {}, transaction); }), Code::Gone);
    EXPECT_EQ(code_thrown([&] { end(*hello, transaction, Ending::Commit); }), Code::Gone);
    EXPECT_EQ(number(run(*notes, "select 1", {}, transaction)), 1);
    end(*notes, transaction, Ending::Rollback);
}

TEST(Client, DoesNotKeepWhatAStatementSetForTheSession) {
    Settings settings = fresh_settings();
    settings.connections = 1;
    RunningDatabase running(settings);
    const auto notes = running.client("notes"), hello = running.client("hello");
    run(*notes, "set search_path = nowhere");
    run(*notes, "set timezone = 'Asia/Tokyo'");
    run(*notes, "create temporary table note (id int)");
    EXPECT_EQ(text_in(run(*notes, "select current_schema()").rows.cell(0, 0)), "notes");
    EXPECT_EQ(text_in(run(*notes, "show timezone").rows.cell(0, 0)), "UTC");
    EXPECT_EQ(failure(run(*hello, "select * from note")), "SQLSTATE_42P01");
    EXPECT_EQ(text_in(run(*hello, "select current_user::text").rows.cell(0, 0)), "gantry_hello");
}

// set_config() and DO change the session without a word in the answer.
TEST(Client, DoesNotHandASessionOnWithWhatItsFormerOwnerSet) {
    Settings settings = fresh_settings();
    settings.connections = 1;
    RunningDatabase running(settings);
    const auto notes = running.client("notes"), hello = running.client("hello");
    run(*notes, "select set_config('bytea_output', 'escape', false), set_config('statement_timeout', '1', false)");
    run(*notes, "do $$ begin set datestyle = 'German'; end $$");
    EXPECT_EQ(text_in(run(*hello, "select current_setting('bytea_output')").rows.cell(0, 0)), "hex");
    EXPECT_EQ(text_in(run(*hello, "select current_setting('datestyle')").rows.cell(0, 0)), "ISO, MDY");
    EXPECT_EQ(text_in(run(*hello, "select current_user::text").rows.cell(0, 0)), "gantry_hello");
    EXPECT_EQ(text_in(run(*hello, "select current_schema()").rows.cell(0, 0)), "hello");
}

TEST(Client, CopiesManyRows) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int, title text, blob bytea)");
    const gantry_str columns[] = {{"id", 2}, {"title", 5}, {"blob", 4}};
    std::vector<gantry_value> cells;
    for (int i = 0; i < 50'000; ++i) {
        cells.insert(cells.end(), {integer(i), i % 2 == 0 ? text("a\tb\\N\n") : null(), bytes("\x00\\")});
    }
    gantry_copy wanted{sizeof(gantry_copy), 3, 0, {"note", 4}, columns, cells.data(), 50'000};
    std::promise<Outcome> promise;
    auto outcome = promise.get_future();
    notes->copy_in(make_copy(wanted), keep(std::move(promise)));
    const Outcome done = outcome.get();
    EXPECT_EQ(failure(done), "");
    EXPECT_EQ(done.rows.affected(), 50'000U);
    EXPECT_EQ(number(run(*notes, "select count(*) from note where title = E'a\\tb\\\\N\\n' and id % 2 = 0")), 25'000);

    wanted.table = {"absent", 6};
    std::promise<Outcome> second;
    auto refused = second.get_future();
    notes->copy_in(make_copy(wanted), keep(std::move(second)));
    EXPECT_EQ(failure(refused.get()), "SQLSTATE_42P01");
    EXPECT_EQ(failure(run(*notes, "copy note from stdin")), "INVALID_ARGUMENT");
    EXPECT_EQ(failure(run(*notes, "copy note to stdout")), "INVALID_ARGUMENT");
    EXPECT_EQ(number(run(*notes, "select 1")), 1);
}

TEST(Client, EndsAStatementAtItsDeadline) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    Query slow = make_query("select pg_sleep(30)");
    slow.deadline = 50ms;
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(failure(run(*notes, std::move(slow))), "DEADLINE_EXCEEDED");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
    EXPECT_EQ(number(run(*notes, "select 1")), 1);
}

TEST(Client, CancelsWhatRuns) {
    RunningDatabase running;
    const auto notes = running.client("notes"), hello = running.client("hello");
    Pending slow = start(*notes, make_query("select pg_sleep(30)"));
    hello->cancel(slow.operation);
    EXPECT_EQ(slow.outcome.wait_for(100ms), std::future_status::timeout) << "cancelled by a stranger";
    notes->cancel(slow.operation);
    EXPECT_EQ(failure(slow.outcome.get()), "CANCELLED");
    notes->cancel(slow.operation);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(number(run(*notes, "select 1")), 1);
}

TEST(Client, RefusesWhenTheQueueIsFullAndWhenAConnectionTakesTooLong) {
    Settings settings = fresh_settings();
    settings.connections = 1;
    settings.queue_max = 1;
    settings.queue_deadline = 50ms;
    RunningDatabase running(settings);
    const auto notes = running.client("notes");
    const auto transaction = begin(*notes).transaction;
    Pending waiting = start(*notes, make_query("select 1"));
    EXPECT_EQ(code_thrown([&] { start(*notes, make_query("select 2")); }), Code::Busy);
    const Outcome late = waiting.outcome.get();
    EXPECT_EQ(failure(late), "BUSY");
    EXPECT_TRUE(late.error->retryable());
    EXPECT_EQ(failure(end(*notes, transaction, Ending::Commit)), "");
    EXPECT_EQ(number(run(*notes, "select 3")), 3);
}

TEST(Client, OpenTransactionsLeaveOneConnectionToOthers) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    const auto transaction = begin(*notes).transaction;
    std::promise<Outcome> promise;
    auto second = promise.get_future();
    notes->begin({}, keep(std::move(promise)));
    EXPECT_EQ(number(run(*notes, "select 1")), 1);
    EXPECT_EQ(second.wait_for(0ms), std::future_status::timeout);
    end(*notes, transaction, Ending::Rollback);
    const Outcome opened = second.get();
    EXPECT_EQ(failure(opened), "");
    end(*notes, opened.transaction, Ending::Rollback);
}

TEST(Client, RollsAnIdleTransactionBack) {
    Settings settings = fresh_settings();
    settings.transaction_idle_deadline = 50ms;
    settings.connections = 1;
    RunningDatabase running(settings);
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    const auto transaction = begin(*notes).transaction;
    run(*notes, "insert into note values (1)", {}, transaction);
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 0) << "waited for the only connection";
    EXPECT_EQ(code_thrown([&] { end(*notes, transaction, Ending::Commit); }), Code::Gone);
}

TEST(Client, RefusesAResultThatIsTooLarge) {
    Settings settings = fresh_settings();
    settings.result_bytes_max = 256 * 1024;
    RunningDatabase running(settings);
    const auto notes = running.client("notes");
    EXPECT_EQ(failure(run(*notes, "select repeat('x', 1000) from generate_series(1, 1000000)")), "RATE_LIMITED");
    const Outcome small = run(*notes, "select repeat('x', 1000) from generate_series(1, 100)");
    EXPECT_EQ(failure(small), "");
    EXPECT_EQ(small.rows.size(), 100U);
}

TEST(Client, AbandonCompletesEverythingAndThenIsSilent) {
    RunningDatabase running;
    auto notes = running.client("notes");
    const auto hello = running.client("hello");
    run(*notes, "create table note (id int)");
    const auto transaction = begin(*notes).transaction;
    run(*notes, "insert into note values (1)", {}, transaction);
    std::atomic<int> completed{0};
    for (int i = 0; i < 10; ++i) {
        notes->query(make_query("select pg_sleep(30)", {}, i % 2 == 0 ? transaction : 0), [&](Outcome&&) { ++completed; });
    }
    notes->abandon();
    EXPECT_EQ(completed, 10);
    EXPECT_EQ(code_thrown([&] { start(*notes, make_query("select 1")); }), Code::Cancelled);
    notes = running.client("notes");
    EXPECT_EQ(number(run(*notes, "select count(*) from note")), 0);
    EXPECT_EQ(number(run(*hello, "select 1")), 1);
}

TEST(Client, StatementsOfOneTransactionKeepTheirOrder) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id serial, n int)");
    const auto transaction = begin(*notes).transaction;
    std::vector<Pending> pending;
    for (int i = 0; i < 50; ++i) {
        pending.push_back(start(*notes, make_query("insert into note (n) values ($1)", {integer(i)}, transaction)));
    }
    EXPECT_EQ(failure(end(*notes, transaction, Ending::Commit)), "");
    EXPECT_EQ(number(run(*notes, "select count(*) from note where id = n + 1")), 50);
}

TEST(Client, DroppedStatementSpoilsTheCommit) {
    RunningDatabase running;
    const auto notes = running.client("notes");
    run(*notes, "create table note (id int)");
    const auto transaction = begin(*notes).transaction;
    Pending slow = start(*notes, make_query("select pg_sleep(0.2)", {}, transaction));
    Pending dropped = start(*notes, make_query("insert into note values (1)", {}, transaction));
    notes->cancel(dropped.operation);
    EXPECT_EQ(failure(dropped.outcome.get()), "CANCELLED");
    EXPECT_EQ(failure(slow.outcome.get()), "");
    EXPECT_EQ(failure(end(*notes, transaction, Ending::Commit)), "CONFLICT");
}

TEST(Client, ManyThreadsGetTheirOwnAnswers) {
    RunningDatabase running;
    const auto notes = running.client("notes"), hello = running.client("hello");
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            Client& client = t % 2 == 0 ? *notes : *hello;
            for (int i = 0; i < 200; ++i)
                wrong += number(run(client, "select $1::int", {integer(t * 1000 + i)})) != t * 1000 + i;
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(Database, PingMeasuresAndStopsWithoutLoss) {
    RunningDatabase running;
    const Health health = running.database.ping(5s);
    EXPECT_TRUE(health.ok) << health.detail;
    EXPECT_GT(health.latency.count(), 0);
    const auto notes = running.client("notes");
    std::atomic<int> completed{0};
    for (int i = 0; i < 5; ++i)
        notes->query(make_query("select pg_sleep(30)"), [&](Outcome&&) { ++completed; });
    running.database.stop();
    EXPECT_EQ(completed, 5);
}

TEST(Database, SaysAtStartWhatIsWrongWithTheUrl) {
    Settings settings;
    settings.connect_deadline = 2s;
    settings.url = "postgresql://nobody@127.0.0.1:1/none";
    Database unreachable(settings, quiet_logger());
    EXPECT_EQ(code_thrown([&] { unreachable.start(); }), Code::Unavailable);
    settings.url = "mysql://x";
    Database wrong(settings, quiet_logger());
    EXPECT_EQ(code_thrown([&] { wrong.start(); }), Code::InvalidArgument);
}
