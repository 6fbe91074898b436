#include "host/plugin/manager.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::error_of;
using testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::settings_for;
using ::testing::SizeIs;
using testing::wanted;

Manager manager_of(const FakeHost& host, Settings settings) {
    return Manager({std::move(settings), host.environment()});
}

TEST(Manager, RunsTheFirstGeneration) {
    FakeHost host;
    Manager manager = manager_of(host, settings_for({wanted("ok")}));
    EXPECT_EQ(manager.current(), nullptr);
    manager.start();
    ASSERT_NE(manager.current(), nullptr);
    EXPECT_EQ(manager.current()->number(), 1u);
    manager.stop();
    EXPECT_EQ(manager.current(), nullptr);
}

TEST(Manager, ReportsEveryReasonAtOnce) {
    FakeHost host;
    Manager manager =
        manager_of(host, settings_for({wanted("wrong_major"), wanted("nowhere"), wanted("bad_magic"), wanted("ok")}));
    EXPECT_THAT(error_of([&] { manager.start(); }),
                AllOf(HasSubstr("built for ABI 2.0"), HasSubstr("there is no nowhere.so"), HasSubstr("magic number")));
    EXPECT_THAT(host.trace, IsEmpty());
}

TEST(Manager, NamesACycleInFull) {
    FakeHost host;
    Manager manager = manager_of(host, settings_for({wanted("cycle_a"), wanted("cycle_b")}));
    EXPECT_THAT(error_of([&] { manager.start(); }), HasSubstr("cycle_a -> cycle_b -> cycle_a"));
}

TEST(Manager, NamesARequirementThatIsMissing) {
    FakeHost host;
    Manager manager = manager_of(host, settings_for({wanted("requires_missing")}));
    EXPECT_THAT(error_of([&] { manager.start(); }),
                HasSubstr("requires_missing.so: requires missing, which is not enabled"));
}

TEST(Manager, RefusesAPluginThatIsEnabledTwice) {
    FakeHost host;
    Manager manager = manager_of(host, settings_for({wanted("ok"), wanted("ok")}));
    EXPECT_THAT(error_of([&] { manager.start(); }), HasSubstr("enables ok again, first enabled at gantry.yaml:3:5"));
}

TEST(Manager, ChecksWithoutCreatingAnything) {
    FakeHost host;
    host.settings_problem = "gantry.yaml:4:9: plugins.ok.colour: unknown key";
    const Manager manager = manager_of(host, settings_for({wanted("ok"), wanted("undefined_symbol", OnFailure::Optional)}));
    EXPECT_THAT(manager.check(), ElementsAre(host.settings_problem, HasSubstr("undefined symbol: nobody_has_this")));
    EXPECT_THAT(host.trace, IsEmpty());
}

TEST(Manager, FindsNothingWrongWithAGoodPlugin) {
    FakeHost host;
    EXPECT_THAT(manager_of(host, settings_for({wanted("ok"), wanted("requires_ok")})).check(), IsEmpty());
}

TEST(Manager, ListsEnabledPluginsAndThoseThatLieAround) {
    FakeHost host;
    Settings settings = settings_for({wanted("ok"), wanted("no_info", OnFailure::Optional)});
    const Manager manager = manager_of(host, settings);
    const std::vector<Status> list = manager.list();
    EXPECT_EQ(list.at(0).id, "ok");
    EXPECT_EQ(list.at(0).state, State::Verified);
    EXPECT_TRUE(list.at(0).enabled);
    EXPECT_EQ(list.at(1).id, "no_info");
    EXPECT_EQ(list.at(1).state, State::Failed);
    EXPECT_THAT(list.at(1).problem, HasSubstr("no section .gantry.info"));
    const auto other = std::find_if(list.begin(), list.end(), [](const Status& one) { return one.id == "described"; });
    ASSERT_NE(other, list.end());
    EXPECT_EQ(other->state, State::Discovered);
    EXPECT_FALSE(other->enabled);
}

TEST(Manager, ListsWhatServes) {
    FakeHost host;
    Manager manager = manager_of(host, settings_for({wanted("ok")}));
    manager.start();
    EXPECT_EQ(manager.list().at(0).state, State::Serving);
    EXPECT_EQ(manager.list().at(0).version, "1.0.0");
    EXPECT_EQ(manager.list().at(0).summary, "a test plugin");
}

}  // namespace
}  // namespace host::plugin
