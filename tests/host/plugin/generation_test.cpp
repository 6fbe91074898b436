#include "host/plugin/generation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::error_of;
using testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::settings_for;
using ::testing::SizeIs;
using testing::wanted;

std::unique_ptr<Generation> generation_of(const FakeHost& host, const Settings& settings) {
    return std::make_unique<Generation>(1, Plan{settings, host.environment()});
}

std::unique_ptr<Generation> started(const FakeHost& host, const Settings& settings) {
    auto generation = generation_of(host, settings);
    generation->map();
    generation->start();
    generation->serve();
    return generation;
}

State state_of(const Generation& generation, const std::string& id) {
    for (const Status& status : generation.list())
        if (status.id == id) return status.state;
    throw std::logic_error(id + " is not listed");
}

TEST(Generation, StartsInOrderAndStopsInReverse) {
    FakeHost host;
    const auto generation = started(host, settings_for({wanted("requires_ok"), wanted("ok")}));
    EXPECT_EQ(state_of(*generation, "requires_ok"), State::Serving);
    generation->stop();
    EXPECT_THAT(host.trace, ElementsAre("ok: host", "ok: before start", "requires_ok: host", "requires_ok: before start",
                                        "requires_ok: stopped", "ok: stopped"));
    EXPECT_EQ(state_of(*generation, "ok"), State::Destroyed);
}

TEST(Generation, UndoesEverythingWhenARequiredPluginFails) {
    FakeHost host;
    const auto generation = generation_of(host, settings_for({wanted("ok"), wanted("fails_in_start")}));
    generation->map();
    EXPECT_THAT(error_of([&] { generation->start(); }),
                HasSubstr("fails_in_start.so: start() failed: the upstream is not reachable"));
    EXPECT_EQ(host.trace.back(), "ok: stopped");
    EXPECT_THAT(host.ledgers, IsEmpty());
    EXPECT_EQ(generation->pin(), nullptr);
}

TEST(Generation, GoesOnWithoutAnOptionalPlugin) {
    FakeHost host;
    const auto generation = started(host, settings_for({wanted("fails_in_start", OnFailure::Optional), wanted("ok")}));
    EXPECT_EQ(state_of(*generation, "ok"), State::Serving);
    EXPECT_EQ(state_of(*generation, "fails_in_start"), State::Failed);
    ASSERT_THAT(generation->failures(), SizeIs(1));
    EXPECT_THAT(generation->failures()[0].reason, HasSubstr("not reachable"));
    EXPECT_THAT(host.lines, HasSubstr("the host goes on without it"));
}

TEST(Generation, ListsAClosedPluginForTheAppToAnswer503) {
    FakeHost host;
    const auto generation = started(host, settings_for({wanted("throws_in_create", OnFailure::Closed)}));
    ASSERT_THAT(generation->failures(), SizeIs(1));
    EXPECT_EQ(generation->failures()[0].on_failure, OnFailure::Closed);
    EXPECT_EQ(generation->failures()[0].id, "throws_in_create");
}

TEST(Generation, FailsADependentWithTheCause) {
    FakeHost host;
    const auto generation = started(host, settings_for({wanted("requires_fails_in_start", OnFailure::Optional),
                                                        wanted("fails_in_start", OnFailure::Optional)}));
    ASSERT_THAT(generation->failures(), SizeIs(2));
    EXPECT_EQ(generation->failures()[1].id, "requires_fails_in_start");
    EXPECT_THAT(generation->failures()[1].reason,
                AllOf(HasSubstr("requires fails_in_start, which failed"), HasSubstr("not reachable")));
}

TEST(Generation, GivesUpWhenARequiredPluginHangs) {
    const testing::FixturePipe pipe("GANTRY_FIXTURE_RELEASE", testing::FixturePipe::Mine::Write);
    FakeHost host;
    Settings settings = settings_for({wanted("ok"), wanted("hangs_in_start")});
    settings.start_deadline = 300ms;
    const auto generation = generation_of(host, settings);
    generation->map();
    EXPECT_THAT(error_of([&] { generation->start(); }),
                HasSubstr("hangs_in_start.so: start() did not return within 300 ms"));
    EXPECT_THAT(host.lines, HasSubstr("hangs_in_start"));
    pipe.release();
}

TEST(Generation, WaitsForItsLastPin) {
    FakeHost host;
    const auto generation = started(host, settings_for({wanted("ok")}));
    auto pin = generation->pin();
    std::thread request([&, pin = std::move(pin)]() mutable {
        while (generation->pin() != nullptr)
            std::this_thread::yield();
        EXPECT_NE(state_of(*pin, "ok"), State::Destroyed);
        pin.reset();
    });
    generation->stop();
    EXPECT_EQ(state_of(*generation, "ok"), State::Destroyed);
    request.join();
}

TEST(Generation, NeverPullsAPluginFromUnderACall) {
    FakeHost host;
    Settings settings = settings_for({wanted("ok")});
    settings.drain_deadline = 10ms;
    const auto generation = started(host, settings);
    const auto pin = generation->pin();
    generation->stop();
    EXPECT_TRUE(testing::is_mapped("ok"));
    EXPECT_THAT(generation->list()[0].problem, HasSubstr("a call into it has not returned"));
}

TEST(Generation, LivesBesideAnotherOfTheSameFile) {
    FakeHost host;
    const Settings settings = settings_for({wanted("ok")});
    const auto first = started(host, settings);
    const auto second = started(host, settings);
    first->stop();
    EXPECT_EQ(state_of(*second, "ok"), State::Serving);
    EXPECT_EQ(second->health("ok").level, Health::Level::Ok);
    EXPECT_EQ(second->health("nobody").level, Health::Level::Failed);
}

}  // namespace
}  // namespace host::plugin
