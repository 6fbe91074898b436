#include "host/plugin/verify.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"
#include "host/plugin/locate.hpp"
#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::TemporaryDirectory;

std::string refusal_of(const std::string& id) {
    return error_of([&] { testing::verified(id); });
}

// The plugin "ok" with some of its bytes changed.
std::string refusal_of_changed_ok(const std::function<void(std::string&)>& change) {
    const TemporaryDirectory directory;
    std::string bytes = testing::read_file(testing::fixture("ok"));
    change(bytes);
    Settings settings;
    settings.directories = {directory.path()};
    directory.write("ok.so", bytes);
    return error_of([&] { verify(testing::wanted("ok"), settings, testing::offer(), testing::read_manifest); });
}

TEST(Verify, AcceptsAGoodPlugin) {
    const Verified plugin = testing::verified("ok");
    EXPECT_EQ(plugin.file, testing::fixture("ok"));
    EXPECT_EQ(plugin.info.version, "1.0.0");
    EXPECT_EQ(plugin.manifest.summary, "a test plugin");
    EXPECT_EQ(plugin.sha256, core::sha256_hex(testing::read_file(testing::fixture("ok"))));
}

TEST(Verify, EveryRefusalBeginsWithTheFile) {
    for (const char* id :
         {"wrong_major", "missing_symbol", "extra_symbol", "no_info", "no_manifest", "wrong_id_file", "bad_version"})
        EXPECT_THAT(refusal_of(id), StartsWith(testing::fixture(id).string() + ": ")) << id;
}

TEST(Verify, RefusesAnotherAbiMajor) {
    EXPECT_THAT(refusal_of("wrong_major"), AllOf(HasSubstr("built for ABI 2.0"), HasSubstr("this host has ABI 1.")));
}

TEST(Verify, LoadsALaterMinorThatUsesWhatThereIs) {
    EXPECT_EQ(refusal_of("newer_minor_known_uses"), "");
}

TEST(Verify, RefusesALaterMinorThatNeedsMoreThanThereIs) {
    EXPECT_THAT(refusal_of("newer_minor_unknown_use"), AllOf(HasSubstr("needs gantry.log/1 with 4096 bytes"),
                                                             HasSubstr("has 24 bytes"), HasSubstr("upgrade the host")));
}

TEST(Verify, RefusesAServiceThatTheManifestDoesNotList) {
    EXPECT_THAT(refusal_of("unlisted_use"), HasSubstr("calls gantry.log/1, which its manifest does not list"));
}

TEST(Verify, RefusesAnythingButTheOneSymbol) {
    EXPECT_THAT(refusal_of("missing_symbol"), HasSubstr("does not export gantry_plugin_entry"));
    EXPECT_THAT(refusal_of("extra_symbol"), HasSubstr("but a plugin exports only gantry_plugin_entry"));
    EXPECT_THAT(refusal_of("unique_symbol"), HasSubstr("unique symbol _ZZN7CounterIiE5valueEvE5count"));
}

TEST(Verify, RefusesAPluginWithoutItsSections) {
    EXPECT_THAT(refusal_of("no_info"), HasSubstr("no section .gantry.info"));
    EXPECT_THAT(refusal_of("no_manifest"), HasSubstr("no section .gantry.manifest"));
}

TEST(Verify, RefusesIdsThatDoNotAgree) {
    EXPECT_THAT(refusal_of("wrong_id_file"), HasSubstr("is the plugin ok but gantry.yaml:3:5 asks for wrong_id_file"));
    Wanted wanted = testing::wanted("ok");
    wanted.file = testing::fixture("wrong_id_file");
    EXPECT_THAT(error_of([&] { verify(wanted, {}, testing::offer(), testing::read_manifest); }),
                HasSubstr("must be named ok.so"));
}

TEST(Verify, RefusesTheManifestOfAnotherVersion) {
    EXPECT_THAT(refusal_of("manifest_mismatch"), HasSubstr("has version 1.0.0 but its manifest says 0.9.0"));
}

TEST(Verify, RefusesAVersionThatIsNotSemantic) {
    EXPECT_THAT(refusal_of("bad_version"), HasSubstr("\"version=1.0\""));
}

TEST(Verify, RefusesAnotherMachine) {
    const std::uint16_t other = EM_S390;
    EXPECT_THAT(
        refusal_of_changed_ok([&](std::string& bytes) { bytes[18] = static_cast<char>(other); }),
        AllOf(HasSubstr("is for machine s390x (22) but this host needs"), HasSubstr("install the build for this machine")));
    EXPECT_THAT(refusal_of_changed_ok([](std::string& bytes) { bytes[EI_CLASS] = ELFCLASS32; }), HasSubstr("ELF class 1"));
    EXPECT_THAT(refusal_of_changed_ok([](std::string& bytes) { bytes[EI_DATA] = ELFDATA2MSB; }),
                HasSubstr("but this host needs"));
    EXPECT_THAT(refusal_of_changed_ok([](std::string& bytes) { bytes[16] = ET_EXEC; }), HasSubstr("ELF type 2"));
}

TEST(Verify, RefusesWhatIsNoElfFile) {
    EXPECT_THAT(refusal_of_changed_ok([](std::string& bytes) { bytes.clear(); }), HasSubstr("is empty"));
    EXPECT_THAT(refusal_of_changed_ok([](std::string& bytes) { bytes = "#!/bin/sh\necho hello\n"; }),
                HasSubstr("not an ELF file"));
    EXPECT_THAT(refusal_of_changed_ok([](std::string& bytes) { bytes.resize(4096); }), HasSubstr("damaged ELF file"));
}

TEST(Verify, HoldsAPinnedHash) {
    Wanted wanted = testing::wanted("ok");
    wanted.sha256 = testing::verified("ok").sha256;
    const Settings settings = testing::settings_for({});
    EXPECT_EQ(error_of([&] { verify(wanted, settings, testing::offer(), testing::read_manifest); }), "");
    std::transform(wanted.sha256.begin(), wanted.sha256.end(), wanted.sha256.begin(), ::toupper);
    EXPECT_EQ(error_of([&] { verify(wanted, settings, testing::offer(), testing::read_manifest); }), "");
    wanted.sha256 = std::string(64, '0');
    const auto attempt = [&] { verify(wanted, settings, testing::offer(), testing::read_manifest); };
    EXPECT_EQ(testing::code_of_error(attempt), core::Code::Denied);
    EXPECT_THAT(error_of(attempt), HasSubstr("gantry.yaml:3:5 pins 0000"));
}

TEST(Verify, TakesTheFirstDirectoryThatHasTheFile) {
    const TemporaryDirectory empty;
    const TemporaryDirectory full;
    full.write("ok.so", testing::read_file(testing::fixture("ok")));
    Settings settings;
    settings.directories = {empty.path(), full.path(), GANTRY_FIXTURES};
    EXPECT_EQ(verify(testing::wanted("ok"), settings, testing::offer(), testing::read_manifest).file, full.path() / "ok.so");
}

TEST(Verify, NamesEveryPlaceWhereItLooked) {
    Settings settings;
    settings.directories = {"/nowhere/a", "/nowhere/b"};
    EXPECT_THAT(error_of([&] { locate(testing::wanted("notes"), settings); }),
                HasSubstr("gantry.yaml:3:5: there is no notes.so in /nowhere/a, /nowhere/b"));
}

TEST(Verify, HashesAsSha256Does) {
    EXPECT_EQ(core::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace host::plugin
