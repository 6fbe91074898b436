#include "layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace abi_layout {
namespace {

std::string recorded_text() {
    std::ifstream file(GANTRY_LAYOUT_GOLDEN);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The promise to every plugin that was ever built. UPDATE_LAYOUT=1 records what was appended, and nothing else: a
// change that breaks old binaries is refused with it as well.
TEST(Layout, HasOnlyGrownSinceItWasRecorded) {
    const std::vector<Struct> present = present_layout();
    EXPECT_EQ(breaks(from_text(recorded_text()), present), std::vector<std::string>());
    if (HasFailure()) return;
    if (std::getenv("UPDATE_LAYOUT") != nullptr) std::ofstream(GANTRY_LAYOUT_GOLDEN) << to_text(present);
    EXPECT_EQ(recorded_text(), to_text(present)) << "something was appended: run with UPDATE_LAYOUT=1 and review the file";
}

TEST(Layout, CoversTheWholeContract) {
    const std::vector<Struct> present = present_layout();
    const auto has = [&](const char* name) {
        return std::any_of(present.begin(), present.end(), [&](const Struct& type) { return type.name == name; });
    };
    for (const char* name :
         {"gantry_host", "gantry_plugin", "gantry_entry", "gantry_config", "gantry_request", "gantry_route",
          "gantry_http_server", "gantry_database", "gantry_log", "gantry_sys", "gantry_value"}) {
        EXPECT_TRUE(has(name)) << name;
    }
}

TEST(LayoutComparison, AllowsWhatIsAppended) {
    const std::vector<Struct> was = {{"thing", 8, {{"a", 0, 4}, {"b", 4, 4}}}};
    const std::vector<Struct> is = {{"other", 4, {}}, {"thing", 16, {{"a", 0, 4}, {"b", 4, 4}, {"c", 8, 8}}}};
    EXPECT_TRUE(breaks(was, is).empty());
}

TEST(LayoutComparison, RefusesWhatIsInserted) {
    const std::vector<Struct> was = {{"thing", 8, {{"a", 0, 4}, {"b", 4, 4}}}};
    const std::vector<Struct> is = {{"thing", 12, {{"a", 0, 4}, {"new", 4, 4}, {"b", 8, 4}}}};
    EXPECT_EQ(breaks(was, is).size(), 1U);
}

TEST(LayoutComparison, RefusesWhatIsRemovedRenamedOrResized) {
    const std::vector<Struct> was = {{"thing", 8, {{"a", 0, 4}, {"b", 4, 4}}}};
    EXPECT_EQ(breaks(was, {}).size(), 1U);
    EXPECT_EQ(breaks(was, {{"thing", 8, {{"a", 0, 4}, {"c", 4, 4}}}}).size(), 1U);
    EXPECT_EQ(breaks(was, {{"thing", 16, {{"a", 0, 4}, {"b", 8, 8}}}}).size(), 1U);
}

TEST(LayoutComparison, RefusesToGrowWhatIsFrozen) {
    const std::vector<Struct> was = {{"gantry_str", 16, {{"data", 0, 8}, {"size", 8, 8}}}};
    const std::vector<Struct> is = {{"gantry_str", 24, {{"data", 0, 8}, {"size", 8, 8}, {"hash", 16, 8}}}};
    EXPECT_EQ(breaks(was, is).size(), 1U);
}

TEST(LayoutText, ReadsWhatItWrites) {
    const std::vector<Struct> present = present_layout();
    EXPECT_EQ(to_text(from_text(to_text(present))), to_text(present));
}

}  // namespace
}  // namespace abi_layout
