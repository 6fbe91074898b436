#include "host/database/migrator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "host/core/error.hpp"
#include "host/database/connection.hpp"
#include "host/database/migration_files.hpp"
#include "host/database/migration_lock.hpp"
#include "host/database/session_url.hpp"
#include "tests/host/database/values.hpp"
#include "tests/support/postgres.hpp"

using namespace host::database;
using namespace std::chrono_literals;
using host::core::Code;
using host::core::Error;
using host::core::Monotonic;
using ::testing::HasSubstr;

namespace {

class MigratorTest : public ::testing::Test {
  protected:
    void write(const std::string& name, const std::string& sql) { std::ofstream(directory.path() / name) << sql; }
    std::size_t apply(const std::string& owner = "notes") { return migrator.apply(owner, directory.path()); }
    Error refusal() {
        try {
            apply();
        } catch (const Error& error) {
            return error;
        }
        return {Code::Internal, "it was accepted"};
    }
    std::string text(const std::string& sql) {
        Connection connection(session_url(tests::as_superuser(url), {5s, 30s, 60s}), tests::quiet_logger());
        connection.connect();
        const Rows rows = connection.run(sql, {}, {Monotonic::now() + 20s, 1 << 20});
        return rows.size() == 0 ? "" : std::string(tests::text_in(rows.cell(0, 0)));
    }

    tests::TemporaryDirectory directory;
    const std::string url = tests::fresh_database();
    const Migrator migrator{{url, true}, tests::quiet_logger()};
};

}  // namespace

TEST_F(MigratorTest, AppliesEachFileOnceAsTheOwner) {
    write("0001_first.sql", "create table note (id int);\ncreate index on note (id);");
    write("0002_second.sql", "alter table note add column title text;");
    EXPECT_EQ(apply(), 2U);
    EXPECT_EQ(apply(), 0U);
    EXPECT_EQ(text("select tableowner::text from pg_tables where schemaname = 'notes' and tablename = 'note'"),
              "gantry_notes");
    EXPECT_EQ(text("select string_agg(name, ',' order by number) from gantry.migrations where owner = 'notes'"),
              "first,second");
}

TEST_F(MigratorTest, MakesTheSchemaOfAnOwnerWithoutFiles) {
    EXPECT_EQ(migrator.apply("hello", "/nowhere"), 0U);
    EXPECT_EQ(text("select nspowner::regrole::text from pg_namespace where nspname = 'hello'"), "gantry_hello");
}

TEST_F(MigratorTest, RunsTheHostsOwnAsTheHost) {
    write("0001_first.sql", "create table setting (name text);");
    EXPECT_EQ(apply("gantry"), 1U);
    EXPECT_EQ(text("select tableowner::text from pg_tables where schemaname = 'gantry' and tablename = 'setting'"),
              "gantry");
}

TEST_F(MigratorTest, NamesFileAndLineAndLeavesNothingBehind) {
    write("0001_broken.sql", "create table note (id int);\n-- größer\n\ninsert into nope values (1);\n");
    const Error error = refusal();
    EXPECT_THAT(error.where(), HasSubstr("0001_broken.sql:4"));
    EXPECT_THAT(error.what(), HasSubstr("\"nope\""));
    EXPECT_EQ(error.name(), "SQLSTATE_42P01");
    EXPECT_EQ(text("select to_regclass('notes.note')::text"), "");
    write("0001_broken.sql", "create table note (id int);");
    EXPECT_EQ(apply(), 1U);
}

TEST_F(MigratorTest, RefusesAnEditedFile) {
    write("0001_first.sql", "create table note (id int);");
    apply();
    write("0001_first.sql", "create table note (id bigint);");
    const Error error = refusal();
    EXPECT_EQ(error.code(), Code::Conflict);
    EXPECT_THAT(error.what(), HasSubstr("edited"));
}

TEST_F(MigratorTest, RefusesAFileThatComesTooLate) {
    write("0002_second.sql", "select 1;");
    apply();
    write("0001_first.sql", "select 1;");
    EXPECT_THAT(refusal().what(), HasSubstr("notes/1 comes before 2"));
}

TEST_F(MigratorTest, RefusesADatabaseThatIsNewer) {
    write("0001_first.sql", "select 1;");
    write("0002_second.sql", "select 1;");
    apply();
    std::filesystem::remove(directory.path() / "0002_second.sql");
    EXPECT_THAT(refusal().what(), HasSubstr("newer than this build"));
}

TEST_F(MigratorTest, RefusesAGapInWhatWasApplied) {
    write("0001_first.sql", "select 1;");
    write("0002_second.sql", "select 1;");
    apply();
    std::filesystem::remove(directory.path() / "0001_first.sql");
    EXPECT_THAT(refusal().what(), HasSubstr("its file is gone"));
}

TEST_F(MigratorTest, RefusesTwoFilesWithOneNumberAndWrongNames) {
    write("0001_first.sql", "select 1;");
    write("0001_other.sql", "select 1;");
    EXPECT_EQ(refusal().code(), Code::InvalidArgument);
    std::filesystem::remove(directory.path() / "0001_other.sql");
    write("2_second.sql", "select 1;");
    EXPECT_THAT(refusal().what(), HasSubstr("NNNN_what_it_does.sql"));
}

TEST_F(MigratorTest, RefusesAScriptThatLeavesItsTransactionOrRole) {
    for (const char* script : {"create table a (id int); commit;", "commit; begin;", "rollback;", "reset role;"}) {
        write("0001_first.sql", script);
        EXPECT_THAT(refusal().what(), HasSubstr("ends its transaction or changes its role")) << script;
        EXPECT_EQ(text("select count(*)::text from gantry.migrations"), "0") << script;
    }
}

TEST_F(MigratorTest, CannotTouchTheSchemaOfAnother) {
    migrator.apply("hello", "/nowhere");
    write("0001_first.sql", "create table hello.stolen (id int);");
    EXPECT_EQ(refusal().name(), "SQLSTATE_42501");
}

TEST_F(MigratorTest, RunsAConcurrentIndexOutsideATransaction) {
    write("0001_first.sql", "create table note (id int);");
    write("0002_index.sql", "-- gantry:no-transaction\ncreate index concurrently note_id on note (id);");
    EXPECT_EQ(apply(), 2U);
    EXPECT_EQ(text("select to_regclass('notes.note_id')::text"), "notes.note_id");
}

TEST_F(MigratorTest, ReportsEveryState) {
    write("0001_first.sql", "select 1;");
    write("0002_second.sql", "select 1;");
    write("0003_third.sql", "select 1;");
    EXPECT_EQ(migrator.status("notes", directory.path()).at(0).kind, MigrationState::Kind::Pending);
    EXPECT_EQ(text("select to_regnamespace('gantry')::text"), "") << "status makes nothing";
    apply();
    write("0002_second.sql", "select 2;");
    std::filesystem::remove(directory.path() / "0003_third.sql");
    write("0004_fourth.sql", "select 1;");
    std::vector<MigrationState::Kind> kinds;
    for (const auto& state : migrator.status("notes", directory.path()))
        kinds.push_back(state.kind);
    using Kind = MigrationState::Kind;
    EXPECT_EQ(kinds, (std::vector{Kind::Applied, Kind::Edited, Kind::Missing, Kind::Pending}));
    EXPECT_THAT(migrator.status("notes", directory.path())[0].applied_at, ::testing::EndsWith("Z"));
}

TEST_F(MigratorTest, ParallelHostsApplyEachFileOnce) {
    write("0001_first.sql", "create table note (id int); insert into note values (1);");
    write("0002_index.sql", "-- gantry:no-transaction\ncreate index concurrently note_id on note (id);");
    std::atomic<std::size_t> applied{0}, failed{0};
    std::vector<std::thread> hosts;
    for (int i = 0; i < 4; ++i) {
        hosts.emplace_back([&] {
            try {
                applied += apply();
            } catch (const Error&) {
                ++failed;
            }
        });
    }
    for (auto& host : hosts)
        host.join();
    EXPECT_EQ(applied, 2U);
    EXPECT_EQ(failed, 0U);
}

TEST_F(MigratorTest, NamesTheHolderOfTheLock) {
    Connection other(session_url(url, {5s, 30s, 60s}), tests::quiet_logger());
    other.connect();
    const MigrationLock lock(other, 1s);
    try {
        Migrator({url, true}, tests::quiet_logger(), 50ms).apply("notes", directory.path());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Busy);
        EXPECT_THAT(error.what(), HasSubstr("gantry, server process "));
    }
}

TEST(MigrationFiles, FindTheLineOfACharacter) {
    EXPECT_EQ(line_of("a\nb\nc", 1), 1U);
    EXPECT_EQ(line_of("a\nb\nc", 5), 3U);
    EXPECT_EQ(line_of("ä\nö\nx", 5), 3U);
}
