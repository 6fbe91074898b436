#include "host/config/interpolate.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/host/config/directory.hpp"
#include "tests/host/config/support.hpp"

namespace host::config {
namespace {

using test::Directory;
using test::tree_of;
using ::testing::ElementsAre;

const Environment environment{{"PAGE", "50"},
                              {"EMPTY", ""},
                              {"WORD", "hunter2"},
                              {"AGAIN", "${WORD}"},
                              {"BAD",
                               "a\x01"
                               "b"}};

Node resolved(std::string_view yaml) {
    Problems problems;
    Node node = interpolate(tree_of(yaml), environment, problems);
    problems.throw_if_any();
    return node;
}

std::vector<std::string> errors(std::string_view yaml) {
    Problems problems;
    interpolate(tree_of(yaml), environment, problems);
    return problems.lines();
}

TEST(Interpolate, TypesWhatCameInUnlessItIsQuoted) {
    EXPECT_EQ(resolved("a: ${PAGE}").find("a")->as_integer(), 50);
    EXPECT_EQ(resolved("a: \"${PAGE}\"").find("a")->as_text(), "50");
    EXPECT_EQ(resolved("a: x${PAGE}y${WORD}").find("a")->as_text(), "x50yhunter2");
}

TEST(Interpolate, TakesTheDefaultForAnUnsetOrEmptyVariable) {
    EXPECT_EQ(resolved("a: ${MISSING:-7}").find("a")->as_integer(), 7);
    EXPECT_EQ(resolved("a: ${EMPTY:-7}").find("a")->as_integer(), 7);
    EXPECT_TRUE(resolved("a: ${MISSING:-}").find("a")->is_null());
    EXPECT_EQ(resolved("a: \"${MISSING:-}\"").find("a")->as_text(), "");
}

TEST(Interpolate, KeepsDollarSigns) {
    EXPECT_EQ(resolved("a: $$PAGE").find("a")->as_text(), "$PAGE");
    EXPECT_EQ(resolved("a: $${PAGE}").find("a")->as_text(), "${PAGE}");
    EXPECT_EQ(resolved("a: ^x$").find("a")->as_text(), "^x$");
    EXPECT_EQ(resolved("a: $$5").find("a")->as_text(), "$5");
}

TEST(Interpolate, DoesNotLookIntoWhatCameIn) {
    EXPECT_EQ(resolved("a: ${AGAIN}").find("a")->as_text(), "${WORD}");
}

TEST(Interpolate, LeavesKeysAlone) {
    EXPECT_NE(resolved("\"${WORD}\": 1").find("${WORD}"), nullptr);
}

TEST(Interpolate, ReadsFilesRelativeToTheFileThatSaysSo) {
    const Directory directory;
    directory.write("secret", "hunter2\n");
    Problems problems;
    const Node node = parse_yaml("a: ${file:secret}", (directory.path() / "gantry.yaml").string(), problems);
    EXPECT_EQ(interpolate(node, environment, problems).find("a")->as_text(), "hunter2");
    EXPECT_TRUE(problems.empty());
}

TEST(Interpolate, RefusesFilesItCannotUse) {
    const Directory directory;
    directory.write("large", std::string(64 * 1024 + 1, 'x'));
    const std::string large = (directory.path() / "large").string();
    EXPECT_THAT(errors("a: ${file:/nowhere/x}"), ElementsAre("a.yaml:1:4: a: cannot read /nowhere/x: no such file"));
    EXPECT_THAT(errors("a: ${file:/dev/zero}"), ElementsAre("a.yaml:1:4: a: cannot read /dev/zero: not a regular file"));
    EXPECT_THAT(errors("a: ${file:" + large + "}"),
                ElementsAre("a.yaml:1:4: a: cannot read " + large + ": larger than 65536 bytes"));
}

TEST(Interpolate, NamesWhatIsMissingOrMalformed) {
    EXPECT_THAT(
        errors("a:\n  - ${MISSING}\n  - ${WORD\n  - ${}\n  - ${a-b}\n  - ${X:-${WORD}}\n  - ${BAD}\n"),
        ElementsAre("a.yaml:2:5: a[0]: the environment variable MISSING is not set",
                    "a.yaml:3:5: a[1]: \"${\" is never closed by \"}\" (a plain dollar sign is $$)",
                    "a.yaml:4:5: a[2]: expected ${NAME}, ${NAME:-text} or ${file:/path}, found ${}",
                    "a.yaml:5:5: a[3]: expected ${NAME}, ${NAME:-text} or ${file:/path}, found ${a-b}",
                    "a.yaml:6:5: a[4]: the default of ${X} cannot hold another ${...}",
                    "a.yaml:7:5: a[5]: the environment variable BAD holds control characters or bytes that are not UTF-8"));
}

}  // namespace
}  // namespace host::config
