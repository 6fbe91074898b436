#include "host/plugin/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::bring_up;
using ::testing::ElementsAre;
using testing::error_of;
using testing::FakeHost;
using testing::FixturePipe;
using ::testing::HasSubstr;
using testing::instance_of;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::take_down;

// What bring_up says, after everything was taken down again.
std::string failure_of(const std::string& id) {
    FakeHost host;
    const auto instance = instance_of(id, host);
    const std::string error = error_of([&] { bring_up(*instance); });
    EXPECT_EQ(instance->state(), error.empty() ? State::Serving : State::Failed) << id;
    EXPECT_EQ(instance->problem(), error);
    take_down(*instance);
    return error;
}

TEST(Instance, LivesAndDies) {
    FakeHost host;
    const auto instance = instance_of("ok", host);
    EXPECT_EQ(instance->state(), State::Verified);
    instance->map();
    EXPECT_EQ(instance->state(), State::Mapped);
    instance->check();
    instance->create();
    EXPECT_EQ(instance->state(), State::Created);
    instance->configure();
    EXPECT_EQ(instance->state(), State::Configured);
    instance->start();
    EXPECT_EQ(instance->state(), State::Started);
    instance->serve();
    EXPECT_EQ(instance->state(), State::Serving);
    EXPECT_TRUE(instance->quiesce(std::chrono::steady_clock::now() + 1s));
    EXPECT_EQ(instance->state(), State::Quiescing);
    instance->stop();
    EXPECT_EQ(instance->state(), State::Stopped);
    instance->destroy();
    EXPECT_EQ(instance->state(), State::Destroyed);
    instance->unmap();
    EXPECT_EQ(instance->problem(), "");
    EXPECT_THAT(host.trace, ElementsAre("ok: host", "ok: before start", "ok: stopped"));
    EXPECT_THAT(host.ledgers, IsEmpty());
}

TEST(Instance, RevokesWhatThePluginRegistered) {
    FakeHost host;
    const auto instance = instance_of("ok", host);
    bring_up(*instance);
    bool revoked = false;
    host.ledgers.at(0)->add("route", "GET /ok", [&] { revoked = true; });
    EXPECT_THAT(instance->registrations(), SizeIs(1));
    instance->stop();
    EXPECT_TRUE(revoked);
    take_down(*instance);
}

TEST(Instance, CatchesWhatAPluginThrowsAtEveryStep) {
    for (const std::string step : {"describe", "create", "configure", "start"})
        EXPECT_THAT(failure_of("throws_in_" + step),
                    HasSubstr("throws_in_" + step + ".so: threw out of " + step + "(): thrown on purpose"));
}

TEST(Instance, CatchesWhatAPluginThrowsAtItsEnd) {
    for (const std::string step : {"stop", "destroy", "quiesce"}) {
        FakeHost host;
        const auto instance = instance_of("throws_in_" + step, host);
        bring_up(*instance);
        instance->quiesce(std::chrono::steady_clock::now() + 1s);
        take_down(*instance);
        EXPECT_EQ(instance->state(), State::Destroyed);
        EXPECT_THAT(instance->problem(), HasSubstr("threw out of " + step + "()"));
        EXPECT_THAT(host.lines, HasSubstr("threw out of " + step + "()"));
    }
}

TEST(Instance, ReportsAPluginWhoseHealthThrows) {
    FakeHost host;
    const auto instance = instance_of("throws_in_health", host);
    bring_up(*instance);
    EXPECT_EQ(instance->health().level, Health::Level::Failed);
    EXPECT_THAT(instance->health().detail, HasSubstr("thrown on purpose"));
    EXPECT_EQ(instance->state(), State::Serving);
    take_down(*instance);
}

TEST(Instance, HandsOverSettingsAndAsksForHealth) {
    FakeHost host;
    const auto instance = instance_of("described", host);
    bring_up(*instance);
    EXPECT_THAT(host.description, HasSubstr(R"("config":{"type":"object")"));
    EXPECT_EQ(instance->health().level, Health::Level::Degraded);
    EXPECT_EQ(instance->health().detail, "runs on one leg");
    take_down(*instance);
    EXPECT_EQ(instance->health().level, Health::Level::Failed);
}

TEST(Instance, PassesOnWhatIsWrongWithTheSettings) {
    FakeHost host;
    host.settings_problem = "gantry.yaml:41:13: plugins.ok.page: 5000 is more than 1000";
    const auto instance = instance_of("ok", host);
    EXPECT_EQ(error_of([&] { bring_up(*instance); }), host.settings_problem);
    take_down(*instance);
}

TEST(Instance, ReportsThePluginsOwnReason) {
    EXPECT_THAT(failure_of("fails_in_start"), HasSubstr("fails_in_start.so: start() failed: the upstream is not reachable"));
}

TEST(Instance, RefusesAPluginWithoutAnObjectOrItsMembers) {
    EXPECT_THAT(failure_of("create_returns_null"), HasSubstr("made no plugin object"));
    EXPECT_THAT(failure_of("without_stop"), HasSubstr("lacks start(), stop() or destroy()"));
}

// ASan sees it if the host reads behind the end of the shorter structs.
TEST(Instance, RunsPluginsOfOlderAndNewerMinors) {
    EXPECT_EQ(failure_of("old_small_structs"), "");
    EXPECT_EQ(failure_of("large_structs"), "");
    EXPECT_EQ(failure_of("newer_minor_known_uses"), "");
}

TEST(Instance, TellsThePluginThatItsHostIsGoneAfterStop) {
    const FixturePipe pipe("GANTRY_FIXTURE_ANSWER", FixturePipe::Mine::Read);
    EXPECT_EQ(failure_of("calls_after_stop"), "");
    EXPECT_EQ(pipe.answer(), GANTRY_E_GONE);
}

TEST(Instance, UnmapsAPluginThatJoinsItsThreads) {
    FakeHost host;
    const auto instance = instance_of("joins_thread", host);
    bring_up(*instance);
    take_down(*instance);
    EXPECT_EQ(instance->problem(), "");
    EXPECT_EQ(instance->state(), State::Destroyed);
}

TEST(Instance, NeverUnmapsAPluginThatLeavesAThread) {
    const FixturePipe pipe("GANTRY_FIXTURE_RELEASE", FixturePipe::Mine::Write);
    FakeHost host;
    const auto instance = instance_of("leaks_thread", host);
    bring_up(*instance);
    take_down(*instance);
    EXPECT_TRUE(testing::is_mapped("leaks_thread"));
    EXPECT_THAT(instance->problem(), HasSubstr("1 thread(s) of it still run after stop()"));
    EXPECT_THAT(host.lines, HasSubstr("leaks_thread"));
    pipe.release();  // and the thread runs on in code that is still there
}

TEST(Instance, LeavesAPluginAloneWhoseCallDoesNotReturn) {
    FakeHost host;
    host.call_inside = true;
    const auto instance = instance_of("described", host);
    bring_up(*instance);
    take_down(*instance);
    EXPECT_TRUE(testing::is_mapped("described"));
    EXPECT_EQ(instance->state(), State::Failed);
    EXPECT_THAT(instance->problem(), HasSubstr("its code still runs in a call"));
}

TEST(Instance, GivesUpAPluginThatHangsAndStaysSound) {
    const FixturePipe pipe("GANTRY_FIXTURE_RELEASE", FixturePipe::Mine::Write);
    FakeHost host;
    const auto instance = instance_of("hangs_in_start", host, 200ms);
    EXPECT_THAT(error_of([&] { bring_up(*instance); }),
                AllOf(HasSubstr("hangs_in_start.so: start() did not return within 200 ms"), HasSubstr("cannot be ended")));
    take_down(*instance);
    EXPECT_TRUE(testing::is_mapped("hangs_in_start"));
    EXPECT_EQ(instance->state(), State::Failed);
    EXPECT_THAT(host.trace, ElementsAre("hangs_in_start: host", "hangs_in_start: before start", "hangs_in_start: stopped"));
    pipe.release();
}

}  // namespace
}  // namespace host::plugin
