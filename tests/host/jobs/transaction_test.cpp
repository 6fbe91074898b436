#include <gtest/gtest.h>

#include "tests/host/jobs/running_jobs.hpp"

using namespace host::jobs;
using namespace tests;
using End = host::database::Ending;

namespace {

// Submits as part of a transaction of `owner`'s and ends that as wanted. What the submission failed with.
std::string submit_within(Host& host, const std::string& owner, Draft draft, End ending) {
    const auto client = host.database.client(owner);
    const auto begun = wait([&](auto done) { client->begin({}, done); });
    const auto query = Submissions::within_transaction(host.jobs.completed(draft), Submissions::new_id(), begun.transaction);
    const auto submitted = wait([&](auto done) { client->query(query, done); });
    wait([&](auto done) { client->end(begun.transaction, ending, done); });
    if (submitted.error) return submitted.error->name();
    return host::database::integer_at(submitted.rows, 0, 0) != 0 ? "" : "taken";
}

}  // namespace

TEST(JobsInTransactions, ExistIfAndOnlyIfTheTransactionCommits) {
    const Server server;
    Host host(server);
    host::database::Migrator(host.database.access(), quiet_logger()).apply("notes", "/nowhere");
    Tally seen;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) {
        seen.add(run.job.payload);
        return done();
    })}));
    EXPECT_EQ(submit_within(host, "notes", draft_of("mail", "undone"), End::Rollback), "");
    EXPECT_EQ(submit_within(host, "notes", draft_of("mail", "done"), End::Commit), "");
    EXPECT_TRUE(host.wait_until("select count(*) from job where state = 2", 1));
    EXPECT_EQ(seen.counts(), (std::map<std::string, int>{{"done", 1}}));
}

TEST(JobsInTransactions, BelongToThePrincipalTheyAreDoneFor) {
    const Server server;
    Host host(server);
    host::database::Migrator(host.database.access(), quiet_logger()).apply("notes", "/nowhere");
    Draft draft = draft_of("mail");
    EXPECT_EQ(submit_within(host, "notes", draft, End::Commit), "");
    draft.principal_id = "usr_1";
    EXPECT_EQ(submit_within(host, "notes", draft, End::Commit), "");
    EXPECT_EQ(host.number("select count(*) from job where principal_id = 'usr_1'"), 1);
    EXPECT_EQ(host.number("select count(*) from job where principal_id is null"), 1);
}

TEST(JobsInTransactions, AreRefusedForAnotherPluginAndForATakenKey) {
    const Server server;
    Host host(server);
    ASSERT_TRUE(host.database.access().roles) << "else there is nobody to refuse";
    for (const char* owner : {"notes", "hello"})
        host::database::Migrator(host.database.access(), quiet_logger()).apply(owner, "/nowhere");
    EXPECT_EQ(submit_within(host, "hello", draft_of("mail"), End::Commit), "SQLSTATE_42501");
    EXPECT_EQ(submit_within(host, "notes", draft_of("mail", "", "k"), End::Commit), "");
    EXPECT_EQ(submit_within(host, "notes", draft_of("mail", "", "k"), End::Commit), "taken");
    EXPECT_EQ(host.number("select count(*) from job"), 1);
}

TEST(JobsInTransactions, GiveThePluginsRoleNoOtherWayIn) {
    const Server server;
    Host host(server);
    host::database::Migrator(host.database.access(), quiet_logger()).apply("notes", "/nowhere");
    const auto client = host.database.client("notes");
    for (const char* sql : {"select * from gantry.job", "delete from gantry.job", "update gantry.job_host set name = ''",
                            "create table gantry.mine (x int)"}) {
        host::database::Query query;
        query.sql = sql;
        const auto outcome = wait([&](auto done) { client->query(query, done); });
        ASSERT_TRUE(outcome.error) << sql;
        EXPECT_EQ(outcome.error->name(), "SQLSTATE_42501") << sql;
    }
}
