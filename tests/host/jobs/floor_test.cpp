#include "host/jobs/floor.hpp"

#include <gtest/gtest.h>

#include "tests/host/jobs/running_jobs.hpp"

using namespace host::jobs;
using namespace tests;

namespace {

std::vector<Claimed> claims(int count, int first = 0) {
    std::vector<Claimed> all;
    for (int i = first; i < first + count; ++i) {
        Claimed job;
        job.id = "job_" + std::to_string(i);
        job.plugin = "notes";
        job.kind = "mail";
        all.push_back(job);
    }
    return all;
}

// What PostgreSQL would do: gives jobs as long as the floor wants some.
struct Shop {
    Shop() : pool("blocking", {4, 64}), floor(settings, pool, [] {}) {}

    void give(std::vector<Claimed> jobs) {
        floor.look_everywhere();
        floor.take(floor.wants(), std::move(jobs));
    }
    std::vector<Ended> wait_for_ended(std::size_t count) {
        std::vector<Ended> all;
        const auto until = std::chrono::steady_clock::now() + patience;
        while (all.size() < count && std::chrono::steady_clock::now() < until) {
            for (Ended& each : floor.ended())
                all.push_back(std::move(each));
        }
        return all;
    }

    Settings settings = quick_settings();
    host::core::ThreadPool pool;
    Floor floor;
};

}  // namespace

TEST(Floor, FinishesARunOnTheOldInstanceAndBeginsTheNextOnTheNew) {
    Shop shop;
    Latch begun, release;
    Tally seen;
    const auto old = worker_of({kind_of(
        "mail",
        [&](const Attempt& run) {
            seen.add("old " + run.job.id);
            begun.open();
            release.wait();
            return done();
        },
        1)});
    const auto young = worker_of({kind_of(
        "mail",
        [&](const Attempt& run) {
            seen.add("young " + run.job.id);
            return done();
        },
        1)});
    shop.floor.activate(old);
    shop.give(claims(3));
    ASSERT_TRUE(begun.wait());
    shop.floor.activate(young);
    shop.floor.retire(*old);  // which must not take from the young one what it has
    release.open();
    EXPECT_EQ(shop.wait_for_ended(3).size(), 3U);
    EXPECT_EQ(seen.counts(), (std::map<std::string, int>{{"old job_0", 1}, {"young job_1", 1}, {"young job_2", 1}}));
}

TEST(Floor, ReturnsToTheOldInstanceWhenTheNewOneIsRolledBack) {
    Shop shop;
    Tally seen;
    const auto named = [&](const std::string& name) {
        return worker_of({kind_of("mail", [&seen, name](const Attempt&) {
            seen.add(name);
            return done();
        })});
    };
    const auto old = named("old"), young = named("young");
    shop.floor.activate(old);
    shop.floor.activate(young);
    shop.floor.retire(*young);
    shop.floor.abandon(*young);
    shop.floor.activate(old);
    shop.give(claims(1));
    ASSERT_EQ(shop.wait_for_ended(1).size(), 1U);
    EXPECT_EQ(seen.counts(), (std::map<std::string, int>{{"old", 1}}));
}

TEST(Floor, HandsBackWhatARetiredInstanceHasNotBegun) {
    Shop shop;
    Latch begun, release;
    const auto worker = worker_of({kind_of(
        "mail",
        [&](const Attempt&) {
            begun.open();
            release.wait();
            return done();
        },
        1)});
    shop.floor.activate(worker);
    shop.give(claims(3));
    ASSERT_TRUE(begun.wait());
    shop.floor.retire(*worker);
    const auto back = shop.wait_for_ended(2);
    ASSERT_EQ(back.size(), 2U);
    for (const Ended& ended : back)
        EXPECT_EQ(ended.ending.kind, Ending::Kind::NotBegun);
    EXPECT_TRUE(shop.floor.wants().empty()) << "nobody does this kind";
    release.open();
    const auto last = shop.wait_for_ended(1);
    ASSERT_EQ(last.size(), 1U);
    EXPECT_EQ(last[0].ending.kind, Ending::Kind::Done) << "what runs goes on to its end";
}

TEST(Floor, TellsRunsOfARetiredInstanceToStopAndInterruptsThemAtTheLatestWithItsEnd) {
    Shop shop;
    std::promise<std::uint64_t> first, second;
    std::atomic<int> count{0};
    const auto worker = worker_of({kind_of("mail", [&](const Attempt& run) -> std::optional<Ending> {
        (count++ == 0 ? first : second).set_value(run.id);
        return std::nullopt;
    })});
    shop.floor.activate(worker);
    shop.give(claims(2));
    const std::uint64_t run = first.get_future().get();
    second.get_future().get();
    EXPECT_EQ(shop.floor.progress(run, 0, ""), GANTRY_OK);
    shop.floor.retire(*worker);
    EXPECT_EQ(shop.floor.progress(run, 0, ""), GANTRY_E_CANCELLED);
    EXPECT_TRUE(shop.floor.finish(run, failed())) << "it fails because everything around it ends";
    shop.floor.abandon(*worker);
    const auto ended = shop.wait_for_ended(2);
    ASSERT_EQ(ended.size(), 2U);
    for (const Ended& each : ended) {
        EXPECT_EQ(each.ending.kind, Ending::Kind::Interrupted);
        EXPECT_FALSE(each.cancel_asked) << "nobody cancelled the job itself";
    }
}

TEST(Floor, SaysWhenTheDeadlineOfAnAttemptHasPassed) {
    Shop shop;
    std::promise<std::uint64_t> begun;
    shop.floor.activate(worker_of({kind_of("mail", [&](const Attempt& run) -> std::optional<Ending> {
        begun.set_value(run.id);
        return std::nullopt;
    })}));
    auto jobs = claims(1);
    jobs[0].deadline = 1ms;
    shop.give(std::move(jobs));
    const std::uint64_t run = begun.get_future().get();
    const auto until = std::chrono::steady_clock::now() + patience;
    while (shop.floor.progress(run, 0, "") == GANTRY_OK && std::chrono::steady_clock::now() < until) {
    }
    EXPECT_EQ(shop.floor.progress(run, 0, ""), GANTRY_E_TIMEOUT);
    shop.floor.finish(run, done());
}

TEST(Floor, ClaimsAheadOfQuickKindsOnly) {
    Shop shop;
    shop.floor.activate(worker_of({kind_of(
        "mail", [](const Attempt&) { return done(); }, 2)}));
    const std::size_t at_first = shop.floor.wants().at(0).room;
    for (int i = 0; i < 200; ++i) {
        shop.give(claims(1, i));
        shop.wait_for_ended(1);
    }
    shop.floor.look_everywhere();
    EXPECT_GT(shop.floor.wants().at(0).room, 10 * at_first);
}
