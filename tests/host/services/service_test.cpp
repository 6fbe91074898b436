#include "host/services/service.hpp"

#include <gtest/gtest.h>

using namespace host::services;

TEST(ServiceNames, BeginWithThePluginAndEndWithARevision) {
    EXPECT_TRUE(is_service_of("notes", "notes.search/1"));
    EXPECT_TRUE(is_service_of("notes", "notes.search.fast_2/17"));
    for (const char* wrong :
         {"", "notes", "notes.search", "notes/1", "notes.search/0", "notes.search/01", "notes.search/", "notes.search/1x",
          "notes..search/1", "notes.Search/1", "notes.2/1", "notes.search/1/2", "other.search/1", "notesx.search/1"})
        EXPECT_FALSE(is_service_of("notes", wrong)) << wrong;
    EXPECT_FALSE(is_service_of("notes", "notes." + std::string(100, 'a') + "/1"));
}

TEST(ServiceNames, OfMethodsAreWords) {
    EXPECT_TRUE(is_method("find_all2"));
    for (const char* wrong : {"", "Find", "2find", "find-all", "find.all", "_find"})
        EXPECT_FALSE(is_method(wrong)) << wrong;
    EXPECT_FALSE(is_method(std::string(65, 'a')));
}
