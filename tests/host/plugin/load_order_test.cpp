#include "host/plugin/load_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace host::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

TEST(LoadOrder, KeepsTheOrderWrittenWithoutRequirements) {
    EXPECT_THAT(order_by_requirements({{"c", {}}, {"a", {}}, {"b", {}}}).ids, ElementsAre("c", "a", "b"));
}

TEST(LoadOrder, PutsAPluginAfterWhatItRequires) {
    const LoadOrder order = order_by_requirements({{"billing", {"auth", "mail"}}, {"mail", {"auth"}}, {"auth", {}}});
    EXPECT_THAT(order.ids, ElementsAre("auth", "mail", "billing"));
    EXPECT_THAT(order.problems, IsEmpty());
}

TEST(LoadOrder, NamesThePluginsOfACycle) {
    const LoadOrder order = order_by_requirements({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}, {"d", {}}});
    EXPECT_EQ(order.problems.at("b"), "requires itself in a circle: a -> b -> c -> a");
    EXPECT_THAT(order.problems, UnorderedElementsAre(Key("a"), Key("b"), Key("c")));
    EXPECT_THAT(order.ids, ElementsAre("d"));
}

TEST(LoadOrder, NamesAPluginThatRequiresItself) {
    EXPECT_EQ(order_by_requirements({{"a", {"a"}}}).problems.at("a"), "requires itself in a circle: a -> a");
}

TEST(LoadOrder, DoesNotBlameWhatOnlyDependsOnACycle) {
    const LoadOrder order = order_by_requirements({{"user", {"a"}}, {"a", {"b"}}, {"b", {"a"}}});
    EXPECT_THAT(order.problems, UnorderedElementsAre(Key("a"), Key("b")));
    EXPECT_THAT(order.ids, ElementsAre("user"));
}

TEST(LoadOrder, NamesWhatIsMissingAndWhoNeedsIt) {
    const LoadOrder order = order_by_requirements({{"billing", {"auth"}}});
    EXPECT_EQ(order.problems.at("billing"), "requires auth, which is not enabled; add it to plugins");
}

}  // namespace
}  // namespace host::plugin
