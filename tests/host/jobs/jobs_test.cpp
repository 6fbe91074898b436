#include "host/jobs/jobs.hpp"

#include <gtest/gtest.h>

#include "tests/host/jobs/running_jobs.hpp"

using namespace host::jobs;
using namespace tests;
using host::core::Code;

TEST(Jobs, RunsASubmittedJobOnceAndRemembersIt) {
    const Server server;
    Host host(server);
    Tally seen;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) {
        seen.add(run.job.payload);
        return done();
    })}));
    const std::string id = host.submit(draft_of("mail", std::string("a\0b\xff", 4)));
    const Job job = host.wait_for(id, State::Done);
    EXPECT_EQ(job.state, State::Done);
    EXPECT_EQ(job.attempt, 1U);
    EXPECT_EQ(job.payload, std::string("a\0b\xff", 4));
    EXPECT_GE(job.finished_at_us, job.started_at_us);
    EXPECT_EQ(seen.counts(), (std::map<std::string, int>{{std::string("a\0b\xff", 4), 1}}));
    host.jobs.stop();  // it is counted after it was written
    EXPECT_EQ(host.jobs.counts().done, 1U);
}

TEST(Jobs, WaitsForAPluginThatDoesTheKind) {
    const Server server;
    Host host(server);
    const std::string id = host.submit(draft_of("mail"));
    EXPECT_EQ(host.jobs.admin().get(id).state, State::Waiting);
    host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return done(); })}));
    EXPECT_EQ(host.wait_for(id, State::Done).state, State::Done);
}

TEST(Jobs, RepeatsAFailureUntilItIsADeadLetterAndRetriesThatOnRequest) {
    const Server server;
    Host host(server);
    std::atomic<bool> works{false};
    host.jobs.activate(
        worker_of({kind_of("mail", [&](const Attempt&) -> std::optional<Ending> { return works ? done() : failed(); })}));
    Draft draft = draft_of("mail");
    draft.attempts_max = 3;
    const std::string id = host.submit(draft);
    const Job dead = host.wait_for(id, State::Dead);
    EXPECT_EQ(dead.state, State::Dead);
    EXPECT_EQ(dead.attempt, 3U);
    EXPECT_EQ(dead.error_code, host::core::name_of(Code::Unavailable));
    EXPECT_EQ(dead.error, "as the test wants it");
    works = true;
    EXPECT_EQ(host.jobs.admin().retry(id).id, id);
    EXPECT_EQ(host.wait_for(id, State::Done).attempt, 1U) << "they are counted anew";
    EXPECT_THROW(host.jobs.admin().retry(id), host::core::Error) << "what is done is not done again";
}

TEST(Jobs, DoesNotRepeatWhatTheInputForbids) {
    const Server server;
    Host host(server);
    host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return failed(Code::InvalidArgument); })}));
    EXPECT_EQ(host.wait_for(host.submit(draft_of("mail")), State::Dead).attempt, 1U);
}

TEST(Jobs, BeginsADelayedJobNotBeforeItsTimeAndNotLongAfter) {
    const Server server;
    Host host(server);
    std::promise<std::chrono::steady_clock::time_point> begun;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt&) {
        begun.set_value(std::chrono::steady_clock::now());
        return done();
    })}));
    Draft draft = draft_of("mail");
    draft.delay = 300ms;
    const auto before = std::chrono::steady_clock::now();
    host.submit(draft);
    const auto waited = begun.get_future().get() - before;
    EXPECT_GE(waited, 299ms);
    EXPECT_LT(waited, 30s) << "the poll, which would come after a minute, must not be needed";
}

TEST(Jobs, TakesAKeyOnceAtATime) {
    const Server server;
    Host host(server);
    Latch begun, release;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt&) {
        begun.open();
        release.wait();
        return done();
    })}));
    const std::string id = host.submit(draft_of("mail", "", "daily"));
    ASSERT_TRUE(begun.wait());
    const Submitted second = host.try_submit(draft_of("mail", "", "daily"));
    ASSERT_TRUE(second.error);
    EXPECT_EQ(second.error->code(), Code::Conflict);
    EXPECT_FALSE(host.try_submit(draft_of("mail", "", "weekly")).error);
    release.open();
    host.wait_for(id, State::Done);
    EXPECT_FALSE(host.try_submit(draft_of("mail", "", "daily")).error) << "the first is over";
}

TEST(Jobs, CancelsAJobThatWaitsAndAsksOneThatRuns) {
    const Server server;
    Host host(server);
    Latch begun;
    std::atomic<bool> asked{false};
    host.jobs.activate(worker_of({kind_of(
        "mail",
        [&](const Attempt& run) {
            begun.open();
            const auto until = std::chrono::steady_clock::now() + patience;
            while (host.jobs.progress(run.id, 500, "half") == GANTRY_OK && std::chrono::steady_clock::now() < until) {
                std::this_thread::yield();
            }
            asked = host.jobs.progress(run.id, 500, "half") == GANTRY_E_CANCELLED;
            return failed(Code::Cancelled);
        },
        1)}));
    const std::string running = host.submit(draft_of("mail"));
    ASSERT_TRUE(begun.wait());
    Draft later = draft_of("mail");
    later.delay = 1h;
    const std::string waiting = host.submit(later);
    EXPECT_EQ(host.jobs.admin().cancel(waiting).state, State::Cancelled);
    EXPECT_TRUE(host.jobs.admin().cancel(running).cancel_asked);
    EXPECT_EQ(host.wait_for(running, State::Cancelled).state, State::Cancelled);
    EXPECT_TRUE(asked);
    EXPECT_THROW(host.jobs.admin().cancel(running), host::core::Error);
    EXPECT_THROW(host.jobs.admin().cancel("job_none"), host::core::Error);
}

TEST(Jobs, AreShownAndCancelledForWhomTheyAreDoneAsIfThereWereNoOthers) {
    const Server server;
    Host host(server);
    Draft draft = draft_of("mail");
    draft.delay = 1h;
    const std::string nobodys = host.submit(draft);
    draft.principal_id = "usr_1";
    const std::string own = host.submit(draft);
    const Admin& admin = host.jobs.admin();
    EXPECT_EQ(admin.get(own, "usr_1").principal_id, "usr_1");
    for (const auto& [id, principal] : {std::pair(own, "usr_2"), std::pair(nobodys, "usr_1"), std::pair(nobodys, "")}) {
        EXPECT_THROW(admin.get(id, principal), host::core::Error) << principal;
        EXPECT_THROW(admin.cancel(id, principal), host::core::Error) << principal;
        EXPECT_EQ(admin.get(id).state, State::Waiting);
    }
    EXPECT_EQ(admin.cancel(own, "usr_1").state, State::Cancelled);
}

TEST(Jobs, TellTheirHandlerForWhomTheyAreDone) {
    const Server server;
    Host host(server);
    Tally seen;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) {
        seen.add(run.job.principal_id);
        return done();
    })}));
    Draft draft = draft_of("mail");
    draft.principal_id = "usr_1";
    host.wait_for(host.submit(draft), State::Done);
    EXPECT_EQ(seen.counts(), (std::map<std::string, int>{{"usr_1", 1}}));
    draft.principal_id = std::string(257, 'u');
    EXPECT_THROW(host.submit(draft), host::core::Error);
}

TEST(Jobs, LetsAPluginCancelItsOwnJobsOnly) {
    const Server server;
    Host host(server);
    const std::string id = host.submit(draft_of("mail"));
    const auto cancel = [&](const std::string& plugin) {
        std::promise<std::string> answer;
        host.jobs.cancel(plugin, id, [&](const host::core::Error* error) {
            answer.set_value(error == nullptr ? "" : std::string(host::core::name_of(error->code())));
        });
        return answer.get_future().get();
    };
    EXPECT_EQ(cancel("hello"), "NOT_FOUND");
    EXPECT_EQ(cancel("notes"), "");
    EXPECT_EQ(cancel("notes"), "CONFLICT");
}

TEST(Jobs, ShowsProgressWhileTheJobRuns) {
    const Server server;
    Host host(server);
    Latch release;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) {
        host.jobs.progress(run.id, 250, "a quarter");
        release.wait();
        return done();
    })}));
    const std::string id = host.submit(draft_of("mail"));
    EXPECT_TRUE(host.wait_until("select progress_permille from job", 250));
    EXPECT_EQ(host.jobs.admin().get(id).progress_note, "a quarter");
    release.open();
}

TEST(Jobs, FinishesARunThatGoesOnAfterItsHandlerReturned) {
    const Server server;
    Host host(server);
    std::promise<std::uint64_t> begun;
    host.jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) -> std::optional<Ending> {
        begun.set_value(run.id);
        return std::nullopt;
    })}));
    const std::string id = host.submit(draft_of("mail"));
    const std::uint64_t run = begun.get_future().get();
    EXPECT_EQ(host.jobs.admin().get(id).state, State::Running);
    EXPECT_TRUE(host.jobs.finish(run, done()));
    EXPECT_FALSE(host.jobs.finish(run, done())) << "once";
    EXPECT_EQ(host.jobs.progress(run, 1, ""), GANTRY_E_GONE);
    EXPECT_EQ(host.wait_for(id, State::Done).state, State::Done);
}

TEST(Jobs, RunsNoMoreOfAKindAtOnceThanItMay) {
    const Server server;
    Host host(server);
    std::atomic<int> inside{0}, most{0};
    host.jobs.activate(worker_of({kind_of(
        "mail",
        [&](const Attempt&) {
            const int now = ++inside;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::yield();
            --inside;
            return done();
        },
        2)}));
    for (int i = 0; i < 100; ++i)
        host.submit(draft_of("mail"));
    EXPECT_TRUE(host.wait_until("select count(*) from job where state = 2", 100));
    EXPECT_LE(most, 2);
}

TEST(Jobs, RunsEachJobOnOneOfSeveralHosts) {
    const Server server;
    Host first(server), second(server);
    Tally seen;
    for (Host* host : {&first, &second}) {
        host->jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) {
            seen.add(run.job.payload);
            return done();
        })}));
    }
    constexpr int many = 400;
    for (int i = 0; i < many; ++i)
        (i % 2 == 0 ? first : second).submit(draft_of("mail", std::to_string(i)));
    ASSERT_TRUE(first.wait_until("select count(*) from job where state = 2 and attempt = 1", many));
    const auto counts = seen.counts();
    EXPECT_EQ(counts.size(), static_cast<std::size_t>(many));
    for (const auto& [payload, count] : counts)
        EXPECT_EQ(count, 1) << payload;
}

TEST(Jobs, GivesTheJobsOfADeadHostToAnotherAndMarksThem) {
    const Server server;
    Host survivor(server, [] {
        auto settings = quick_settings();
        settings.lease = 1s;
        return settings;
    }());
    Host dying(server);
    Latch begun, release;
    // One at a time: held up in the job, it cannot take it again itself.
    const std::size_t concurrency = 1;
    const auto hold = [&](const Attempt&) {
        begun.open();
        release.wait();
        return done();
    };
    dying.jobs.activate(worker_of({kind_of("mail", hold, concurrency)}));
    const std::string id = dying.submit(draft_of("mail"));
    ASSERT_TRUE(begun.wait());
    std::promise<std::uint32_t> attempt;
    survivor.jobs.activate(worker_of({kind_of("mail", [&](const Attempt& run) {
        attempt.set_value(run.job.attempt);
        return failed(Code::InvalidArgument);
    })}));
    // What its end would look like to others.
    survivor.command("delete from job_host where id = (select host from job)");
    EXPECT_EQ(attempt.get_future().get(), 2U);
    survivor.wait_for(id, State::Dead);
    // It was not dead after all, only slow: what it says now is too late.
    release.open();
    dying.jobs.drain(std::chrono::steady_clock::now() + patience);
    dying.jobs.stop();
    const Job job = survivor.jobs.admin().get(id);
    EXPECT_EQ(job.state, State::Dead);
    EXPECT_EQ(job.attempt, 2U);
}

TEST(Jobs, TakesNothingFromALivingHostBecauseTheClockWasSetForward) {
    const Server server;
    Host living(server);
    Latch begun, release;
    living.jobs.activate(worker_of({kind_of("mail", [&](const Attempt&) {
        begun.open();
        release.wait();
        return done();
    })}));
    const std::string id = living.submit(draft_of("mail"));
    ASSERT_TRUE(begun.wait());
    // What its lease looks like after a step of the clock, until it renews it.
    living.command("update job_host set lease_until = now() - interval '1 hour'");
    Host starting(server);
    EXPECT_EQ(starting.number("select count(*) from job_host"), 2);
    EXPECT_EQ(starting.jobs.admin().get(id).state, State::Running);
    release.open();
    EXPECT_EQ(living.wait_for(id, State::Done).attempt, 1U);
}

TEST(Jobs, GivesTheJobsOfAHostThatDiedBeforeTheStartToTheNextOne) {
    const Server server;
    auto settings = quick_settings();
    settings.lease = 200ms;
    {
        Host dead(server, settings);
        dead.command(
            "with h as (insert into job_host (name, lease_until) values ('dead', now() - interval '1 hour') returning id)"
            " insert into job (id, plugin, kind, payload, state, attempt, attempts_max, due_at, host)"
            " select 'job_1', 'notes', 'mail', '', 1, 3, 3, now(), id from h");
    }
    Host next(server, settings);
    EXPECT_EQ(next.wait_for("job_1", State::Dead).error_code, "INTERRUPTED");
}

TEST(Jobs, BuriesAJobWhoseHostDiedInItsLastAttempt) {
    const Server server;
    auto settings = quick_settings();
    settings.lease = 1s;
    Host survivor(server, settings);
    survivor.command(
        "insert into job (id, plugin, kind, payload, state, attempt, attempts_max, due_at, host)"
        " values ('job_1', 'notes', 'mail', '', 1, 3, 3, now(), 12345)");
    const Job job = survivor.wait_for("job_1", State::Dead);
    EXPECT_EQ(job.state, State::Dead);
    EXPECT_EQ(job.error_code, "INTERRUPTED");
}

TEST(Jobs, SurvivesTheLossOfEveryConnection) {
    const Server server;
    Host host(server);
    host.jobs.activate(worker_of({kind_of("mail", [](const Attempt&) { return done(); })}));
    host::database::Settings superuser;
    superuser.url = as_superuser(server.url);
    superuser.connections = 1;
    host::database::Database killer(superuser, quiet_logger());
    killer.start();
    const auto axe = killer.client("gantry");
    int accepted = 0;
    for (int i = 0; i < 200; ++i) {
        if (i % 40 == 20) {
            host::database::Statement kill(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid()");
            host::database::run(*axe, kill);
        }
        if (!host.try_submit(draft_of("mail")).error) ++accepted;
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    std::int64_t done_now = 0;
    while (done_now < accepted && std::chrono::steady_clock::now() < until) {
        try {
            done_now = host.number("select count(*) from job where state = 2");
        } catch (const host::core::Error&) {
        }
    }
    EXPECT_GE(done_now, accepted);
    EXPECT_GT(accepted, 150);
}

TEST(Jobs, GivesBackOnDrainWhatHasNotBegunAndFinishesWhatHas) {
    const Server server;
    Latch begun, release;
    std::atomic<int> runs{0};
    {
        Host host(server);
        host.jobs.activate(worker_of({kind_of(
            "mail",
            [&](const Attempt&) {
                ++runs;
                begun.open();
                release.wait();
                return done();
            },
            1)}));
        for (int i = 0; i < 5; ++i)
            host.submit(draft_of("mail"));
        ASSERT_TRUE(begun.wait());
        EXPECT_FALSE(host.jobs.drain(std::chrono::steady_clock::now() + 10ms)) << "one still runs";
        release.open();
        EXPECT_TRUE(host.jobs.drain(std::chrono::steady_clock::now() + patience));
        host.jobs.stop();
    }
    Host next(server);
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(next.number("select count(*) from job where state = 2"), 1);
    EXPECT_EQ(next.number("select count(*) from job where state = 0 and attempt = 0"), 4)
        << "what never began does not count";
    EXPECT_EQ(next.number("select count(*) from job_host"), 1) << "the lease went with the host";
}

TEST(Jobs, ListsByFilterPageByPage) {
    const Server server;
    Host host(server);
    for (int i = 0; i < 5; ++i)
        host.submit(draft_of(i % 2 == 0 ? "even" : "odd"));
    Filter filter;
    filter.kind = "even";
    filter.limit = 2;
    const Page first = host.jobs.admin().list(filter);
    ASSERT_EQ(first.jobs.size(), 2U);
    EXPECT_GT(first.jobs[0].id, first.jobs[1].id) << "the newest first";
    filter.cursor = first.next;
    const Page second = host.jobs.admin().list(filter);
    EXPECT_EQ(second.jobs.size(), 1U);
    EXPECT_EQ(second.next, "");
    filter.cursor = "nonsense";
    EXPECT_THROW(host.jobs.admin().list(filter), host::core::Error);
    Filter dead;
    dead.state = State::Dead;
    EXPECT_TRUE(host.jobs.admin().list(dead).jobs.empty());
}

TEST(Jobs, ForgetsWhatIsOverAfterAWhile) {
    const Server server;
    auto settings = quick_settings();
    settings.keep_done = 1ms;
    Host host(server, settings);
    host.command(
        "insert into job (id, plugin, kind, payload, state, attempts_max, due_at, finished_at) values"
        " ('job_1', 'notes', 'mail', '', 2, 3, now(), now() - interval '1 minute'),"
        " ('job_2', 'notes', 'mail', '', 3, 3, now(), now() - interval '1 minute')");
    host.jobs.stop();
    Host next(server, settings);
    EXPECT_TRUE(next.wait_until("select count(*) from job", 1)) << "dead letters are kept longer";
}

TEST(Jobs, RefusesDraftsThatCannotBe) {
    const Server server;
    Host host(server);
    EXPECT_THROW(host.submit(draft_of("")), host::core::Error);
    EXPECT_THROW(host.submit(draft_of("Mail!")), host::core::Error);
    EXPECT_THROW(host.submit(draft_of("mail", std::string(2 * 1024 * 1024, 'x'))), host::core::Error);
    EXPECT_THROW(host.submit(draft_of("mail", "", std::string(1000, 'x'))), host::core::Error);
}
