#include "host/config/sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/config.hpp"
#include "tests/host/config/directory.hpp"

namespace host::config {
namespace {

using test::Directory;
using ::testing::ElementsAre;

std::vector<std::string> load_errors(const std::filesystem::path& file) {
    try {
        load(file, {});
    } catch (const ConfigErrors& errors) {
        return errors.lines();
    }
    return {};
}

TEST(Sources, NameAFileThatCannotBeRead) {
    EXPECT_THAT(load_errors("/nowhere/gantry.yaml"), ElementsAre("cannot read /nowhere/gantry.yaml: no such file"));
    EXPECT_THAT(load_errors("/dev"), ElementsAre("cannot read /dev: not a regular file"));
}

TEST(Sources, JoinPluginFilesInTheOrderOfTheirNames) {
    const Directory directory;
    directory.write("gantry.yaml", "plugins:\n  zebra: {}\n");
    directory.write("plugins.d/notes.yaml", "page: 7\nhost: {file: notes.so}\n");
    directory.write("plugins.d/hello.yaml", "");
    directory.write("plugins.d/.notes.yaml.swp", "\x01");
    directory.write("plugins.d/README", "not read");
    const Config config = load(directory.path() / "gantry.yaml", {});
    std::vector<std::string> ids;
    for (const plugin::Wanted& wanted : config.plugins.wanted)
        ids.push_back(wanted.id);
    EXPECT_THAT(ids, ElementsAre("zebra", "hello", "notes"));
    EXPECT_EQ(config.plugin_settings.at("notes").find("page")->as_integer(), 7);
    EXPECT_EQ(config.plugins.wanted[2].file, directory.path() / "plugins.d/notes.so");
    EXPECT_EQ(config.plugins.wanted[2].origin, (directory.path() / "plugins.d/notes.yaml:1:1").string());
}

TEST(Sources, AreEnoughWithoutAnyPluginInTheMainFile) {
    const Directory directory;
    directory.write("gantry.yaml", "plugins:\n");
    directory.write("plugins.d/hello.yaml", "");
    EXPECT_EQ(load(directory.path() / "gantry.yaml", {}).plugins.wanted.size(), 1u);
}

TEST(Sources, NameBothPlacesOfAPluginThatIsConfiguredTwice) {
    const Directory directory;
    directory.write("gantry.yaml", "plugins:\n  notes: {}\n");
    directory.write("plugins.d/notes.yaml", "page: 7\n");
    const std::string base = directory.path().string();
    EXPECT_THAT(load_errors(directory.path() / "gantry.yaml"),
                ElementsAre(base + "/plugins.d/notes.yaml:1:1: plugins.notes: is configured in " + base +
                            "/gantry.yaml:2:3 already"));
}

TEST(Sources, ReportErrorsOfAllFiles) {
    const Directory directory;
    directory.write("gantry.yaml", "log: {level: x}\n");
    directory.write("plugins.d/notes.yaml", "host: {enabled: yes}\n");
    directory.write("plugins.d/old.yml", "");
    const auto lines = load_errors(directory.path() / "gantry.yaml");
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_THAT(lines[0], testing::HasSubstr("gantry.yaml:1:14: log.level"));
    EXPECT_THAT(lines[1], testing::HasSubstr(
                              "plugins.d/notes.yaml:1:17: plugins.notes.host.enabled: expected true or false, found yes"));
    EXPECT_THAT(lines[2], testing::HasSubstr("plugins.d/old.yml:1:1: expected a name that ends in .yaml"));
}

}  // namespace
}  // namespace host::config
