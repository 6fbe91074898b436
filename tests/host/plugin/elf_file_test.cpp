#include "host/plugin/elf_file.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "host/core/error.hpp"
#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ok_bytes() {
    return testing::read_file(testing::fixture("ok"));
}

TEST(ElfFile, ListsTheOneExportedSymbolOfAPlugin) {
    const std::string bytes = ok_bytes();
    const ElfFile elf(bytes);
    EXPECT_THAT(elf.exported(), ElementsAre("gantry_plugin_entry"));
    EXPECT_THAT(elf.unique(), IsEmpty());
}

TEST(ElfFile, FindsASectionByItsName) {
    const std::string bytes = ok_bytes();
    const ElfFile elf(bytes);
    ASSERT_TRUE(elf.section(".gantry.info"));
    EXPECT_THAT(std::string(*elf.section(".gantry.info")), HasSubstr("id=ok"));
    EXPECT_FALSE(elf.section(".gantry.nothing"));
}

TEST(ElfFile, SeesUniqueSymbols) {
    const std::string bytes = testing::read_file(testing::fixture("unique_symbol"));
    EXPECT_THAT(ElfFile(bytes).unique(), Contains(std::string_view("_ZZN7CounterIiE5valueEvE5count")));
}

TEST(ElfFile, ListsTheLibrariesItIsLinkedWith) {
    const std::string bytes = testing::read_file(testing::fixture("throws_in_start"));
    EXPECT_THAT(ElfFile(bytes).needed(), Contains(HasSubstr("libstdc++.so")));
}

TEST(ElfFile, ReadsTheMachineOfAForeignOrder) {
    std::string bytes = ok_bytes();
    bytes[EI_DATA] = ELFDATA2MSB;
    bytes[EI_NIDENT + 2] = 0;
    bytes[EI_NIDENT + 3] = EM_S390;
    EXPECT_EQ(read_elf_identity(bytes).machine, EM_S390);
    EXPECT_EQ(machine_name(EM_S390), "s390x (22)");
    EXPECT_EQ(machine_name(4711), "unknown (4711)");
}

// Every length is either refused or, when only bytes behind the last table are missing, read.
TEST(ElfFile, SurvivesTruncationAtAnyLength) {
    const std::string whole = ok_bytes();
    for (std::size_t length = 0; length < whole.size(); length += length < 256 ? 1 : 97) {
        const std::string bytes = whole.substr(0, length);
        EXPECT_THAT(error_of([&] {
                        read_elf_identity(bytes);
                        ElfFile elf(bytes);
                    }),
                    ::testing::Not(IsEmpty()))
            << length << " of " << whole.size() << " bytes";
    }
}

// One flipped bit after the other, in the header and in the section table: no crash, no endless memory; ASan watches.
TEST(ElfFile, SurvivesEveryFlippedBitOfItsTables) {
    const std::string whole = ok_bytes();
    Elf64_Ehdr header;
    std::memcpy(&header, whole.data(), sizeof header);
    std::size_t refused = 0;
    const auto flip = [&](std::size_t at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
            refused += error_of([&] { ElfFile elf(bytes); }).empty() ? 0 : 1;
        }
    };
    for (std::size_t at = 0; at < sizeof header; ++at)
        flip(at);
    for (std::size_t at = header.e_shoff; at < whole.size(); at += 3)
        flip(at);
    EXPECT_GT(refused, 100u);
}

}  // namespace
}  // namespace host::plugin
