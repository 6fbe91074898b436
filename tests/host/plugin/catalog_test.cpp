#include "host/plugin/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Status> available(const Settings& settings) {
    return list_available(settings, testing::offer(), testing::read_manifest);
}

TEST(Catalog, ShowsWhatIsWrongWithAFile) {
    const testing::TemporaryDirectory directory;
    directory.write("broken.so", "not a library");
    directory.write("readme.txt", "not even named like one");
    Settings settings;
    settings.directories = {directory.path(), "/nowhere"};
    const auto list = available(settings);
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_EQ(list[0].id, "broken");
    EXPECT_THAT(list[0].problem, HasSubstr("not an ELF file"));
}

TEST(Catalog, ShowsTheFileThatWouldBeTaken) {
    const testing::TemporaryDirectory first;
    first.write("ok.so", testing::read_file(testing::fixture("ok")));
    Settings settings;
    settings.directories = {first.path(), GANTRY_FIXTURES};
    const auto list = available(settings);
    const auto ok = std::find_if(list.begin(), list.end(), [](const Status& one) { return one.id == "ok"; });
    ASSERT_NE(ok, list.end());
    EXPECT_EQ(ok->file, first.path() / "ok.so");
    EXPECT_EQ(ok->version, "1.0.0");
}

TEST(Catalog, LeavesOutWhatIsEnabled) {
    const testing::TemporaryDirectory directory;
    directory.write("ok.so", "");
    Settings settings;
    settings.directories = {directory.path()};
    settings.wanted = {testing::wanted("ok")};
    EXPECT_THAT(available(settings), IsEmpty());
}

}  // namespace
}  // namespace host::plugin
