#include "host/jobs/schedules.hpp"

#include <gtest/gtest.h>

#include "tests/host/jobs/running_jobs.hpp"

using namespace host::jobs;
using namespace tests;

namespace {

Moment minute(int number) {
    return Moment{std::chrono::minutes(number)};
}

Schedule nightly(CatchUp catch_up = CatchUp::Once) {
    Schedule schedule;
    schedule.name = "nightly";
    schedule.kind = "mail";
    schedule.cron = "0 3 * * *";
    schedule.time_zone = "Europe/Berlin";
    schedule.payload = "all";
    schedule.catch_up = catch_up;
    return schedule;
}

const std::string make_it_due = "update job_schedule set next_at = date_trunc('second', now()) - interval '3 days'";

}  // namespace

TEST(Occurrences, FollowThePolicyForTimesThatPassedUnseen) {
    const Cron cron("*/10 * * * *", "UTC");
    const auto moments = [&](CatchUp policy, int now, std::size_t most = 3) {
        std::vector<int> minutes;
        for (const Moment moment : occurrences(cron, minute(10), minute(now), policy, most).due)
            minutes.push_back(
                static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(moment.time_since_epoch()).count()));
        return minutes;
    };
    EXPECT_EQ(moments(CatchUp::Skip, 10), (std::vector{10}));
    EXPECT_EQ(moments(CatchUp::Skip, 11), (std::vector{10})) << "a minute late is not late";
    EXPECT_EQ(moments(CatchUp::Skip, 15), (std::vector<int>{}));
    EXPECT_EQ(moments(CatchUp::Skip, 60), (std::vector{60}));
    EXPECT_EQ(moments(CatchUp::Once, 15), (std::vector{10}));
    EXPECT_EQ(moments(CatchUp::Once, 65), (std::vector{60}));
    EXPECT_EQ(moments(CatchUp::All, 25), (std::vector{10, 20}));
    EXPECT_EQ(moments(CatchUp::All, 1000), (std::vector{980, 990, 1000})) << "the last ones, bounded";
    EXPECT_EQ(occurrences(cron, minute(10), minute(25), CatchUp::Skip, 3).next, minute(30));
}

TEST(Schedules, MakeOneJobForTheWholeCluster) {
    const Server server;
    Host first(server), second(server);
    Tally seen;
    for (Host* host : {&first, &second}) {
        host->jobs.activate(worker_of({kind_of("mail",
                                               [&](const Attempt& run) {
                                                   seen.add(run.job.payload);
                                                   return done();
                                               })},
                                      {nightly()}));
    }
    ASSERT_TRUE(first.wait_until("select count(*) from job_schedule", 1));
    first.command(make_it_due);
    first.command("notify gantry_job, 'schedule'");
    EXPECT_TRUE(first.wait_until("select count(*) from job where state = 2", 1));
    EXPECT_TRUE(first.wait_until("select count(*) from job_schedule where next_at > now()", 1));
    second.command("notify gantry_job, 'schedule'");
    EXPECT_EQ(seen.counts(), (std::map<std::string, int>{{"all", 1}}));
    EXPECT_EQ(first.number("select count(*) from job"), 1);
    const ScheduleStatus status = first.jobs.admin().schedules().at(0);
    EXPECT_GT(status.last_at_us, 0);
    EXPECT_EQ(status.cron, "0 3 * * *");
}

TEST(Schedules, KeepAnAdministratorsChangeUntilThePluginSaysSomethingNew) {
    const Server server;
    Host host(server);
    const auto declare = [&](const std::string& cron) {
        Schedule schedule = nightly();
        schedule.cron = cron;
        host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return done(); })}, {schedule}));
    };
    declare("0 3 * * *");
    ASSERT_TRUE(host.wait_until("select count(*) from job_schedule", 1));
    ScheduleChange change;
    change.cron = "30 4 * * *";
    change.enabled = false;
    EXPECT_EQ(host.jobs.admin().change_schedule("notes", "nightly", change).cron, "30 4 * * *");
    declare("0 3 * * *");
    declare("0 3 * * *");
    const auto cron = [&] { return host.jobs.admin().schedules().at(0).cron; };
    EXPECT_EQ(cron(), "30 4 * * *");
    declare("0 5 * * *");
    EXPECT_TRUE(host.wait_until("select count(*) from job_schedule where cron = '0 5 * * *' and not enabled", 1));
    change.cron = "61 * * * *";
    EXPECT_THROW(host.jobs.admin().change_schedule("notes", "nightly", change), host::core::Error);
    EXPECT_THROW(host.jobs.admin().change_schedule("notes", "none", {}), host::core::Error);
}

TEST(Schedules, OfAPluginThatDropsThemRest) {
    const Server server;
    Host host(server);
    host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return done(); })}, {nightly()}));
    ASSERT_TRUE(host.wait_until("select count(*) from job_schedule", 1));
    host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return done(); })}));
    EXPECT_TRUE(host.wait_until("select count(*) from job_schedule where retired", 1));
    EXPECT_TRUE(host.jobs.admin().schedules().empty());
    EXPECT_THROW(host.jobs.admin().run_schedule("notes", "nightly"), host::core::Error);
}

TEST(Schedules, BeginAJobAsOftenAsItsKindSays) {
    const Server server;
    Host host(server);
    Kind mail = kind_of("mail", [](const Attempt&) { return failed(); });
    mail.attempts_max = 2;
    host.jobs.activate(worker_of({mail}, {nightly()}));
    ASSERT_TRUE(host.wait_until("select count(*) from job_schedule", 1));
    EXPECT_EQ(host.wait_for(host.jobs.admin().run_schedule("notes", "nightly"), State::Dead).attempt, 2U) << "run now";
    host.command(make_it_due);
    host.command("notify gantry_job, 'schedule'");
    EXPECT_TRUE(host.wait_until("select attempt from job where schedule = 'nightly' and state = 3", 2)) << "by the clock";
}

TEST(Schedules, OfTheInstanceThatServesAreTheOnesThatCountAfterARollbackWithoutADatabase) {
    const Server server;
    Host host(server);
    const auto worker_with = [](const std::string& plugin, const std::string& schedule) {
        Schedule declared = nightly();
        declared.name = schedule;
        return std::make_shared<const Worker>(
            Worker{plugin, {kind_of("mail", [](const Attempt&) { return done(); })}, {declared}});
    };
    const auto former = worker_with("notes", "former"), next = worker_with("notes", "next");
    host.jobs.activate(former);
    ASSERT_TRUE(host.wait_until("select count(*) from job_schedule", 1));
    const Outage outage(host, "job_schedule");
    host.jobs.activate(next);
    ASSERT_TRUE(outage.wait_until_felt());
    host.jobs.activate(former);
    host.jobs.retire(next);
    outage.end();
    // Of declarations that wait the last is written last.
    host.jobs.activate(worker_with("mailer", "last"));
    ASSERT_TRUE(host.wait_until("select count(*) from job_schedule where name = 'last'", 1));
    host.jobs.stop();
    EXPECT_EQ(host.number("select count(*) from job_schedule where name = 'former' and not retired"), 1);
    EXPECT_EQ(host.number("select count(*) from job_schedule where name = 'next'"), 0);
}

TEST(Schedules, RunNowOnRequest) {
    const Server server;
    Host host(server);
    host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return done(); })}, {nightly()}));
    ASSERT_TRUE(host.wait_until("select count(*) from job_schedule", 1));
    const std::string id = host.jobs.admin().run_schedule("notes", "nightly");
    EXPECT_EQ(host.wait_for(id, State::Done).payload, "all");
}
