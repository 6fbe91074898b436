#include "host/config/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/problems.hpp"

namespace host::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> errors_of(std::string_view yaml) {
    try {
        read_manifest(yaml, "manifest.yaml");
    } catch (const ConfigErrors& errors) {
        return errors.lines();
    }
    return {};
}

TEST(Manifest, IsRead) {
    const plugin::Manifest manifest = read_manifest(
        "id: notes\nversion: 1.2.3-rc.1\nsummary: Notes\nrequires: [auth]\nservices:\n  - gantry.database/1\n  - gantry.draft.kv/2\n",
        "m");
    EXPECT_EQ(manifest.id, "notes");
    EXPECT_EQ(manifest.version, "1.2.3-rc.1");
    EXPECT_EQ(manifest.summary, "Notes");
    EXPECT_THAT(manifest.requires_plugins, ElementsAre("auth"));
    EXPECT_THAT(manifest.services, ElementsAre("gantry.database/1", "gantry.draft.kv/2"));
}

TEST(Manifest, NeedsAnIdAndAVersion) {
    EXPECT_THAT(errors_of("summary: x\n"), ElementsAre("manifest.yaml:1:1: id: is missing (\"the plugin's one name\")",
                                                       "manifest.yaml:1:1: version: is missing (\"semantic version\")"));
    EXPECT_EQ(errors_of("").size(), 2u);
}

TEST(Manifest, IsReadStrictly) {
    EXPECT_THAT(errors_of("id: notes\nversion: 1.0\n"),
                ElementsAre(HasSubstr("manifest.yaml:2:10: version: expected text, found 1.0")));
    EXPECT_THAT(errors_of("id: notes\nversion: 1.0.0.0\n"), ElementsAre(HasSubstr("1.0.0.0 does not match")));
    EXPECT_THAT(errors_of("id: notes\nversion: 1.0.0\nrequire: []\n"),
                ElementsAre("manifest.yaml:3:1: require: unknown key, did you mean 'requires'?"));
    EXPECT_THAT(errors_of("id: pg_notes\nversion: 1.0.0\n"), ElementsAre(HasSubstr("manifest.yaml:1:5: id: not an id")));
    EXPECT_THAT(errors_of("id: notes\nversion: 1.0.0\nrequires: [notes]\n"),
                ElementsAre(HasSubstr("cannot require itself")));
    EXPECT_THAT(errors_of("id: notes\nversion: 1.0.0\nservices: [database]\n"),
                ElementsAre(HasSubstr("services[0]: database does not match")));
    EXPECT_THAT(errors_of("id: notes\nid: other\nversion: 1.0.0\n"), ElementsAre(HasSubstr("stands twice")));
}

}  // namespace
}  // namespace host::config
