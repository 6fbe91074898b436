#include "host/secrets/sources.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "tests/host/secrets/directory.hpp"

namespace host::secrets {
namespace {

using tests::Directory;
using tests::Variable;

std::string value(const Sources& sources, const Place& place) {
    const std::optional<SecretBytes> found = sources.find(place);
    return found ? std::string(found->view()) : "nothing";
}

TEST(Sources, AreAskedInTheirOrder) {
    const Directory directory;
    const Sources sources({.directory = directory.path() / "files"});
    const Place place{"notes", "api_key"};
    EXPECT_EQ(value(sources, place), "nothing");
    directory.write("credentials/notes.api_key", "from systemd\n", 0440);
    const Variable credentials("CREDENTIALS_DIRECTORY", (directory.path() / "credentials").string());
    EXPECT_EQ(value(sources, place), "from systemd");
    EXPECT_EQ(sources.kind(place), "credential");
    const Variable variable("GANTRY_SECRET_NOTES__API_KEY", "from the environment");
    EXPECT_EQ(value(sources, place), "from the environment");
    EXPECT_EQ(sources.kind(place), "environment");
    directory.write("files/notes/api_key", "from a file\n", 0640);
    EXPECT_EQ(value(sources, place), "from a file");
    EXPECT_EQ(sources.kind(place), "file");
    EXPECT_EQ(value(sources, {"other", "api_key"}), "nothing");
}

TEST(Sources, TakeOneLineBreakOffAFileAndNothingElse) {
    const Directory directory;
    const Sources sources({.directory = directory.path()});
    directory.write("notes/a", "x\n\n");
    EXPECT_EQ(value(sources, {"notes", "a"}), "x\n");
    directory.write("notes/a", " x\r\n");
    EXPECT_EQ(value(sources, {"notes", "a"}), " x");
    directory.write("notes/a", "");
    EXPECT_EQ(value(sources, {"notes", "a"}), "");
}

TEST(Sources, DoNotPassOverAFileThatMustNotBeTrusted) {
    const Directory directory;
    const Sources sources({.directory = directory.path()});
    const Variable variable("GANTRY_SECRET_NOTES__A", "from the environment");
    for (const mode_t mode : {0644, 0660, 0604, 0750}) {
        directory.write("notes/a", "x", mode);
        EXPECT_THROW((void)sources.find({"notes", "a"}), core::Error) << std::oct << mode;
    }
    directory.write("notes/a", std::string(64 * 1024 + 1, 'x'));
    EXPECT_THROW((void)sources.find({"notes", "a"}), core::Error);
}

TEST(Sources, AcceptNoNameThatLeadsElsewhere) {
    for (const char* name : {"", "../other/key", "a/b", ".hidden", "A", "a b", "1a"})
        EXPECT_THROW(check_place({"notes", name}), core::Error) << name;
    for (const char* owner : {"", "..", "a.b", "Notes", "a/b"})
        EXPECT_THROW(check_place({owner, "key"}), core::Error) << owner;
    EXPECT_THROW(check_place({"notes", std::string(65, 'a')}), core::Error);
    EXPECT_NO_THROW(check_place({"notes", "api_key.2-b"}));
}

TEST(Sources, NeverGiveOneVariableToTwoPlugins) {
    EXPECT_EQ(variable_of({"notes", "api_key"}), "GANTRY_SECRET_NOTES__API_KEY");
    EXPECT_EQ(variable_of({"a", "b__c"}), "GANTRY_SECRET_A__B__C");
    EXPECT_FALSE(variable_of({"a__b", "c"})) << "it would be that of a, b__c";
    EXPECT_FALSE(variable_of({"a_", "b"}));
    EXPECT_FALSE(variable_of({"a", "b-c"})) << "no variable is called so";
}

TEST(Sources, MarkAChange) {
    const Directory directory;
    const Sources sources({.directory = directory.path()});
    EXPECT_EQ(sources.mark({"notes", "a"}), "");
    directory.write("notes/a", "one");
    const std::string before = sources.mark({"notes", "a"});
    EXPECT_EQ(sources.mark({"notes", "a"}), before);
    directory.write("notes/a", "two");
    EXPECT_NE(sources.mark({"notes", "a"}), before);
}

}  // namespace
}  // namespace host::secrets
