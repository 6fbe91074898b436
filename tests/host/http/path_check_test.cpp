#include "host/http/path_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace host::http {
namespace {

TEST(PathCheck, TakesOrdinaryPaths) {
    for (const char* path :
         {"/", "/notes", "/notes/", "/a//b", "/.well-known/x", "/a/...", "/a/..b", "/caf%C3%A9", "/a%2Fb"})
        EXPECT_EQ(flaw_of_path(path), nullptr) << path;
}

TEST(PathCheck, RefusesDotSegmentsInEverySpelling) {
    for (const char* path :
         {"/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e%2e/b", "/a/%2E/b", "/a/.%2e", "/a%2F..%2Fb", "/..%2fetc"}) {
        ASSERT_NE(flaw_of_path(path), nullptr) << path;
        EXPECT_NE(std::string(flaw_of_path(path)).find(".."), std::string::npos);
    }
}

TEST(PathCheck, RefusesBrokenEncodingNulAndForeignBytes) {
    for (const char* path : {"/%", "/a%zz", "/%2", "/a%00b", "/%ff", "/%c3", "/%ed%a0%80", "", "*", "a/b"})
        EXPECT_NE(flaw_of_path(path), nullptr) << path;
}

}  // namespace
}  // namespace host::http
