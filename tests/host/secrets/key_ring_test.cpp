#include "host/secrets/key_ring.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "tests/host/secrets/directory.hpp"

namespace host::secrets {
namespace {

using tests::Directory;
using tests::Variable;

std::string line(char digit) {
    return std::string(64, digit) + "\n";
}

core::Code refusal(const Settings& settings) {
    try {
        (void)KeyRing::load(settings);
    } catch (const core::Error& error) {
        EXPECT_EQ(std::string(error.what()).find("1111"), std::string::npos) << "a key stands in the message";
        return error.code();
    }
    return core::Code::Internal;
}

TEST(KeyRing, MakesAKeyAtTheFirstStartAndKeepsIt) {
    const Directory directory;
    const Settings settings{.data_directory = directory.path()};
    const std::string id = KeyRing::load(settings).active().id;
    struct stat status {};
    ASSERT_EQ(stat((directory.path() / "master.key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
    EXPECT_EQ(KeyRing::load(settings).active().id, id);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1) << "nothing is left beside it";
}

TEST(KeyRing, PrefersTheConfiguredFileThenSystemdsCredential) {
    const Directory directory;
    directory.write("credentials/gantry-master-key", line('2'), 0400);
    const std::filesystem::path file = directory.write("named", line('1'));
    const Variable variable("CREDENTIALS_DIRECTORY", (directory.path() / "credentials").string());
    EXPECT_EQ(KeyRing::load({.master_key_file = file, .data_directory = directory.path()}).file(), file);
    EXPECT_EQ(KeyRing::load({.data_directory = directory.path()}).file(),
              directory.path() / "credentials/gantry-master-key");
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "master.key"));
}

TEST(KeyRing, DoesNotMakeAFileThatWasNamed) {
    const Directory directory;
    EXPECT_EQ(refusal({.master_key_file = directory.path() / "absent", .data_directory = directory.path()}),
              core::Code::NotFound);
}

TEST(KeyRing, RefusesFilesThatOthersCanReadOrThatHoldNoKey) {
    const Directory directory;
    for (const mode_t mode : {0640, 0604, 0620, 0666, 0700})
        EXPECT_EQ(refusal({.master_key_file = directory.write("key", line('1'), mode)}), core::Code::Denied)
            << std::oct << mode;
    for (const std::string& text :
         {std::string(63, '1'), std::string(65, '1'), std::string(64, 'x'), line('1') + "\n", std::string()})
        EXPECT_EQ(refusal({.master_key_file = directory.write("key", text)}), core::Code::InvalidArgument) << text.size();
    EXPECT_EQ(refusal({.master_key_file = directory.path()}), core::Code::InvalidArgument) << "a folder";
}

TEST(KeyRing, AcceptsTheKeysBehindTheFirst) {
    const Directory directory;
    const std::filesystem::path file = directory.write("key", line('1') + line('2'));
    const std::string old_id = KeyRing::load({.master_key_file = directory.write("old", line('2'))}).active().id;
    const KeyRing ring = KeyRing::load({.master_key_file = file});
    EXPECT_NE(ring.active().id, old_id);
    ASSERT_NE(ring.find(old_id), nullptr);
    EXPECT_EQ(ring.find("0123456789abcdef"), nullptr);
}

TEST(KeyRing, RotatesInOneStepAndKeepsWhatIsStillNeeded) {
    const Directory directory;
    const Settings settings{.data_directory = directory.path()};
    KeyRing ring = KeyRing::load(settings);
    const std::string first = ring.active().id;
    const KeyRing reader = KeyRing::load(settings);
    ring.rotate({});
    const std::string second = ring.active().id;
    EXPECT_NE(second, first);
    EXPECT_TRUE(reader.is_stale());
    EXPECT_FALSE(ring.is_stale());
    EXPECT_NE(KeyRing::load(settings).find(first), nullptr) << "the one that was active is kept";
    ring.rotate({first});
    EXPECT_NE(ring.find(first), nullptr) << "something is still wrapped with it";
    ring.rotate({});
    EXPECT_EQ(ring.find(first), nullptr);
    EXPECT_EQ(ring.find(second), nullptr);
    EXPECT_EQ(ring.size(), 2u);
}

TEST(KeyRing, LeavesSystemdsCredentialToTheAdministrator) {
    const Directory directory;
    directory.write("gantry-master-key", line('2'), 0400);
    const Variable variable("CREDENTIALS_DIRECTORY", directory.path().string());
    KeyRing ring = KeyRing::load({.data_directory = directory.path()});
    EXPECT_THROW(ring.rotate({}), core::Error);
    EXPECT_EQ(directory.read("gantry-master-key"), line('2'));
}

}  // namespace
}  // namespace host::secrets
