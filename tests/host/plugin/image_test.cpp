#include "host/plugin/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/core/error.hpp"
#include "tests/host/plugin/support.hpp"

namespace host::plugin {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

Image read_in(const TemporaryDirectory& directory, const std::string& name) {
    const std::vector<fs::path> roots{directory.path()};
    return read_image(directory.path() / name, roots);
}

TEST(Image, HoldsTheBytesOfTheFile) {
    const TemporaryDirectory directory;
    directory.write("x.so", "some bytes");
    EXPECT_EQ(read_in(directory, "x.so").bytes, "some bytes");
}

TEST(Image, RefusesWhatIsNoRegularFile) {
    const TemporaryDirectory directory;
    fs::create_directory(directory.path() / "folder.so");
    ASSERT_EQ(::mkfifo((directory.path() / "pipe.so").c_str(), 0600), 0);
    EXPECT_THAT(error_of([&] { read_in(directory, "folder.so"); }), HasSubstr("folder.so: is a directory"));
    EXPECT_THAT(error_of([&] { read_in(directory, "pipe.so"); }), HasSubstr("pipe.so: is a pipe"));
}

TEST(Image, FollowsASymbolicLinkInsideTheDirectory) {
    const TemporaryDirectory directory;
    directory.write("notes-1.2.so", "bytes");
    fs::create_symlink("notes-1.2.so", directory.path() / "notes.so");
    EXPECT_EQ(read_in(directory, "notes.so").bytes, "bytes");
}

TEST(Image, RefusesASymbolicLinkThatLeadsOut) {
    const TemporaryDirectory directory;
    const TemporaryDirectory elsewhere;
    const fs::path target = elsewhere.write("x.so", "bytes");
    fs::create_symlink(target, directory.path() / "x.so");
    const std::string error = error_of([&] { read_in(directory, "x.so"); });
    EXPECT_THAT(error, HasSubstr("symbolic link to " + fs::canonical(target).string()));
    EXPECT_THAT(error, HasSubstr("outside of the plugin directories"));
}

// "/plugins-evil" begins with "/plugins" but does not lie in it.
TEST(Image, ComparesDirectoriesAndNotLetters) {
    const TemporaryDirectory base;
    fs::create_directories(base.path() / "plugins");
    fs::create_directories(base.path() / "plugins-evil");
    base.write("plugins-evil/x.so", "bytes");
    fs::create_symlink("../plugins-evil/x.so", base.path() / "plugins" / "x.so");
    const std::vector<fs::path> roots{base.path() / "plugins"};
    EXPECT_THAT(error_of([&] { read_image(base.path() / "plugins" / "x.so", roots); }), HasSubstr("outside"));
}

TEST(Image, SaysWhyAFileCannotBeOpened) {
    const TemporaryDirectory directory;
    EXPECT_THAT(error_of([&] { read_in(directory, "none.so"); }), HasSubstr("cannot open: No such file"));
    fs::create_symlink("nowhere", directory.path() / "dangling.so");
    EXPECT_THAT(error_of([&] { read_in(directory, "dangling.so"); }), HasSubstr("cannot open: No such file"));
}

TEST(Image, SaysThatAFileMayNotBeRead) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const TemporaryDirectory directory;
    directory.write("x.so", "bytes");
    fs::permissions(directory.path() / "x.so", fs::perms::none);
    EXPECT_EQ(testing::code_of_error([&] { read_in(directory, "x.so"); }), core::Code::Denied);
}

TEST(Image, RefusesAFileThatIsTooLarge) {
    const TemporaryDirectory directory;
    const fs::path file = directory.write("x.so", "");
    fs::resize_file(file, image_bytes_max + 1);  // a hole: takes no room on the disk
    EXPECT_THAT(error_of([&] { read_in(directory, "x.so"); }), HasSubstr("has 536870913 bytes"));
}

}  // namespace
}  // namespace host::plugin
