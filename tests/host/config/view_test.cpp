#include "host/config/view.hpp"

#include <gtest/gtest.h>

#include "tests/host/config/support.hpp"

namespace host::config {
namespace {

using test::tree_of;

TEST(View, FindsByJsonPointer) {
    const Node root = tree_of("a/b: {m~n: [1, {x: 2}]}\n\"\": 3\n");
    EXPECT_EQ(find_pointer(root, ""), &root);
    EXPECT_EQ(find_pointer(root, "/a~1b/m~0n/1/x")->as_integer(), 2);
    EXPECT_EQ(find_pointer(root, "/")->as_integer(), 3);
    for (const char* absent :
         {"a", "/a", "/a~1b/m~0n/2", "/a~1b/m~0n/01", "/a~1b/m~0n/-", "/a~1b/m~0n/0/x", "/a~", "/a~2b"}) {
        EXPECT_EQ(find_pointer(root, absent), nullptr) << absent;
    }
}

TEST(View, SaysTheTreeAsJsonAndBack) {
    const std::string json = R"({"n":null,"b":true,"i":-5,"r":1.5,"t":"x","l":[1,"2"],"m":{}})";
    EXPECT_EQ(to_json(tree_of(json)).dump(), json);
    EXPECT_EQ(to_json(from_json(gantry::Json::parse(json))).dump(), json);
}

}  // namespace
}  // namespace host::config
