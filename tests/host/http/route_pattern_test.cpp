#include "host/http/route_pattern.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::http {
namespace {

std::string refusal_of(std::string_view pattern) {
    try {
        parse_route_pattern(pattern);
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::Code::InvalidArgument);
        return error.what();
    }
    return "taken";
}

TEST(RoutePattern, HasAShapeWithoutNames) {
    EXPECT_EQ(parse_route_pattern("/").shape, "/");
    EXPECT_EQ(parse_route_pattern("/notes").shape, "/notes");
    EXPECT_EQ(parse_route_pattern("/notes/").shape, "/notes/");
    EXPECT_EQ(parse_route_pattern("/notes/{id}/tags/{tag}").shape, "/notes/{}/tags/{}");
    EXPECT_EQ(parse_route_pattern("/files/{path...}").shape, "/files/{...}");
    EXPECT_EQ(parse_route_pattern("/{rest...}").parameter_names(), std::vector<std::string>{"rest"});
    EXPECT_TRUE(parse_route_pattern("/.well-known/a:b@c$d").is_static());
    EXPECT_FALSE(parse_route_pattern("/{a}").is_static());
}

TEST(RoutePattern, IsRefusedWithTheReason) {
    EXPECT_EQ(refusal_of("notes"), "the route pattern \"notes\" does not begin with '/'");
    EXPECT_EQ(refusal_of(""), "the route pattern \"\" does not begin with '/'");
    EXPECT_EQ(refusal_of("/a//b"), "the route pattern \"/a//b\" has an empty segment");
    EXPECT_EQ(refusal_of("//"), "the route pattern \"//\" has an empty segment");
    EXPECT_EQ(refusal_of("/{a}/{a}"), "the route pattern \"/{a}/{a}\" has the parameter \"a\" twice");
    EXPECT_EQ(refusal_of("/{a...}/b"), "the route pattern \"/{a...}/b\" goes on after \"{a...}\"");
    EXPECT_EQ(refusal_of("/x{a}"), "the route pattern \"/x{a}\" has \"x{a}\"; a parameter must fill its segment");
    EXPECT_EQ(refusal_of("/a/../b"), "the route pattern \"/a/../b\" has the segment \"..\"");
}

TEST(RoutePattern, IsRefusedForNamesAndCharactersThatCannotBe) {
    for (const char* pattern : {"/{}", "/{...}", "/{1a}", "/{a b}", "/{a", "/a}", "/{a}{b}", "/{{a}}", "/a%20b", "/a b",
                                "/a?b", "/a#b", "/caf\xc3\xa9", "/a\r\nb", "/{a...", "/."}) {
        EXPECT_NE(refusal_of(pattern), "taken") << pattern;
    }
}

TEST(RoutePattern, HasAtMostSixteenParameters) {
    std::string pattern;
    for (int i = 0; i < 16; ++i)
        pattern += "/{p" + std::to_string(i) + "}";
    EXPECT_EQ(refusal_of(pattern), "taken");
    EXPECT_NE(refusal_of(pattern + "/{rest...}").find("has 17 parameters"), std::string::npos);
}

}  // namespace
}  // namespace host::http
