#include "host/plugin/library.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "host/core/error.hpp"
#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using ::testing::AllOf;
using testing::error_of;
using ::testing::HasSubstr;
using testing::is_mapped;
using ::testing::Not;
using ::testing::StartsWith;
using testing::verified;

std::string load_error(const std::string& id) {
    return error_of([&] { Library library(verified(id), testing::offer()); });
}

TEST(Library, GivesTheEntryOfThePlugin) {
    const Library library(verified("ok"), testing::offer());
    EXPECT_STREQ(library.entry().id, "ok");
    EXPECT_TRUE(is_mapped("ok"));
}

TEST(Library, IsReallyGoneAfterClose) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "TSan takes an address that is used again for a race";
#endif
    Library library(verified("large_structs"), testing::offer());
    ASSERT_TRUE(is_mapped("large_structs"));
    EXPECT_TRUE(library.close());
    EXPECT_FALSE(is_mapped("large_structs"));
}

TEST(Library, StaysMappedWhenItIsKept) {
    Library library(verified("joins_thread"), testing::offer());
    library.keep();
    EXPECT_FALSE(library.close());
    EXPECT_TRUE(is_mapped("joins_thread"));
}

// The dynamic linker gives the old mapping for a name or inode that it knows; a generation needs its own.
TEST(Library, HasAMappingOfItsOwnEachTime) {
    const Library first(verified("ok"), testing::offer());
    const Library second(verified("ok"), testing::offer());
    EXPECT_NE(&first.entry(), &second.entry());
}

// The name under which a library is opened holds a descriptor's number: a kept library must keep its number.
TEST(Library, IsNotTakenForAKeptOne) {
    const gantry_entry* kept_entry = nullptr;
    {
        Library kept(verified("old_small_structs"), testing::offer());
        kept.keep();
        kept_entry = &kept.entry();
    }
    const Library next(verified("old_small_structs"), testing::offer());
    EXPECT_NE(&next.entry(), kept_entry);
}

TEST(Library, RunsTheBytesThatWereVerified) {
    const testing::TemporaryDirectory directory;
    const auto file = directory.write("ok.so", testing::read_file(testing::fixture("ok")));
    Settings settings;
    settings.directories = {directory.path()};
    const Verified plugin = verify(testing::wanted("ok"), settings, testing::offer(), testing::read_manifest);
    directory.write("ok.so", "overwritten between check and use");
    const Library library(plugin, testing::offer());
    std::filesystem::resize_file(file, 0);
    EXPECT_STREQ(library.entry().id, "ok");
}

TEST(Library, RefusesASymbolThatNobodyHasAndNamesIt) {
    EXPECT_THAT(load_error("undefined_symbol"), AllOf(StartsWith(testing::fixture("undefined_symbol").string() +
                                                                 ": cannot be loaded: undefined symbol: nobody_has_this"),
                                                      Not(HasSubstr("boost")), Not(HasSubstr("/proc/self"))));
}

TEST(Library, RefusesAWrongMagicNumber) {
    EXPECT_THAT(load_error("bad_magic"), HasSubstr("magic number 1196315737"));
}

TEST(Library, RefusesAnEntryThatContradictsTheSection) {
    EXPECT_THAT(load_error("id_mismatch"),
                HasSubstr("says id somebody_else in gantry_plugin_entry but id_mismatch in .gantry.info"));
}

TEST(Library, RefusesANeedOfTheEntryThatTheHostLacks) {
    EXPECT_THAT(load_error("needs_more"), HasSubstr("needs gantry.nowhere/2 with 24 bytes but this host has none"));
}

}  // namespace
}  // namespace host::plugin
