#include "host/plugin/locate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "host/plugin/catalog.hpp"
#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TemporaryDirectory;

std::string replaced(std::string text, const std::string& old, const std::string& fresh) {
    for (std::size_t at = 0; (at = text.find(old, at)) != text.npos; at += fresh.size())
        text.replace(at, old.size(), fresh);
    return text;
}

// The plugin "ok" with another version of the same length, which is all that differs.
std::string ok_of(const std::string& version) {
    return replaced(testing::read_file(testing::fixture("ok")), "1.0.0", version);
}

// A directory as packages lay it out: ok/<version>/ok.so.
class Versions : public ::testing::Test {
  protected:
    Versions() { settings.directories = {directory.path()}; }

    fs::path put(const std::string& version, const std::string& bytes) {
        fs::create_directories(directory.path() / "ok" / version);
        return directory.write("ok/" + version + "/ok.so", bytes);
    }
    fs::path put(const std::string& version) { return put(version, ok_of(version)); }
    Verified taken(const std::string& pinned = "") const {
        Wanted wanted = testing::wanted("ok");
        wanted.version = pinned;
        return verify(wanted, settings, testing::offer(), testing::read_manifest);
    }

    const TemporaryDirectory directory;
    Settings settings;
};

TEST_F(Versions, TheHighestIsTaken) {
    put("1.9.0");
    put("2.0.0");
    put("1.2.0");
    EXPECT_EQ(taken().info.version, "2.0.0");
    EXPECT_THAT(taken().passed_over, IsEmpty());
}

TEST_F(Versions, AreOrderedByNumberNotByLetter) {
    for (const char* version : {"1.9.0", "1.10.0", "1.2.0"})
        put(version, "");
    const std::vector<Candidate> found = locate(testing::wanted("ok"), settings);
    ASSERT_THAT(found, SizeIs(3));
    EXPECT_EQ(found[0].version, "1.10.0");
    EXPECT_EQ(found[1].version, "1.9.0");
    EXPECT_EQ(found[2].version, "1.2.0");
}

TEST_F(Versions, APinnedOneIsTakenAndNoOther) {
    put("1.2.0");
    put("1.9.0");
    EXPECT_EQ(taken("1.2.0").info.version, "1.2.0");
    EXPECT_THAT(error_of([&] { taken("1.3.0"); }), HasSubstr("there is no ok.so of version 1.3.0 in "));
}

TEST_F(Versions, AFileBesideTheFoldersIsTakenUnlessOneIsPinned) {
    put("9.0.0");
    const fs::path single = directory.write("ok.so", ok_of("1.0.0"));
    EXPECT_EQ(taken().file, single);
    EXPECT_EQ(taken("9.0.0").info.version, "9.0.0");
    EXPECT_EQ(taken("1.0.0").file, single);
    EXPECT_THAT(error_of([&] { taken("2.0.0"); }), HasSubstr("ok.so: has version 1.0.0 but gantry.yaml:3:5 asks for 2.0.0"));
}

TEST_F(Versions, OneThatThisHostCannotRunIsPassedOverAndSaid) {
    const fs::path misfit = put("3.0.0", replaced(ok_of("3.0.0"), "abi=1.0", "abi=7.0"));
    put("2.0.0");
    const Verified plugin = taken();
    EXPECT_EQ(plugin.info.version, "2.0.0");
    ASSERT_THAT(plugin.passed_over, SizeIs(1));
    EXPECT_THAT(plugin.passed_over[0], AllOf(HasSubstr(misfit.string()), HasSubstr("is built for ABI 7.0")));
    EXPECT_THAT(error_of([&] { taken("3.0.0"); }), HasSubstr("is built for ABI 7.0"));
}

TEST_F(Versions, ADamagedOneIsRefusedInsteadOfFallingBack) {
    put("3.0.0", "not a library");
    put("2.0.0");
    EXPECT_THAT(error_of([&] { taken(); }), HasSubstr("not an ELF file"));
}

TEST_F(Versions, AFolderMustBeNamedAfterWhatLiesInIt) {
    put("3.0.0", ok_of("2.0.0"));
    EXPECT_THAT(error_of([&] { taken(); }),
                HasSubstr("has version 2.0.0 but lies in the directory of 3.0.0; put it into one named 2.0.0"));
}

TEST_F(Versions, FoldersOfOtherNamesAreNobodysVersions) {
    put("2.0.0");
    put("99", ok_of("2.0.0"));
    put("latest", ok_of("2.0.0"));
    EXPECT_THAT(locate(testing::wanted("ok"), settings), SizeIs(1));
}

TEST_F(Versions, AreListedOnceByTheVersionThatWouldBeTaken) {
    put("1.2.0");
    put("1.9.0");
    const auto list = list_available(settings, testing::offer(), testing::read_manifest);
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_EQ(list[0].id, "ok");
    EXPECT_EQ(list[0].version, "1.9.0");
    EXPECT_EQ(list[0].problem, "");
}

}  // namespace
}  // namespace host::plugin
