#include "host/config/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/config/scalar.hpp"
#include "tests/host/config/support.hpp"

namespace host::config {
namespace {

using test::tree_of;
using test::yaml_errors_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Yaml, MarksKeysAndValuesFromOne) {
    const Node root = tree_of("a:\n  b: [1, two]\n");
    const Node::Member* b = root.find("a")->find_member("b");
    EXPECT_EQ(b->mark.text(), "a.yaml:2:3");
    EXPECT_EQ(b->value.items()[0].mark().text(), "a.yaml:2:7");
    EXPECT_EQ(b->value.items()[1].mark().text(), "a.yaml:2:10");
}

TEST(Yaml, CountsColumnsInCharacters) {
    EXPECT_EQ(tree_of("{\"äöü\": x}").find("äöü")->mark().text(), "a.yaml:1:9");
}

TEST(Yaml, MarksAMissingValueByItsKey) {
    const Node root = tree_of("a:\n\n\nb: 1\n");
    EXPECT_TRUE(root.find("a")->is_null());
    EXPECT_EQ(root.find("a")->mark().text(), "a.yaml:1:1");
}

TEST(Yaml, TypesPlainScalarsByTheCoreSchema) {
    EXPECT_EQ(tree_of("-12").as_integer(), -12);
    EXPECT_EQ(tree_of("+7").as_integer(), 7);
    EXPECT_EQ(tree_of("0x1f").as_integer(), 31);
    EXPECT_EQ(tree_of("0o17").as_integer(), 15);
    EXPECT_EQ(tree_of("1.5").as_real(), 1.5);
    EXPECT_EQ(tree_of("1e3").as_real(), 1000.0);
    EXPECT_EQ(tree_of("99999999999999999999").as_real(), 1e20);
    EXPECT_EQ(tree_of("True").as_boolean(), true);
    EXPECT_TRUE(tree_of("~").is_null());
}

TEST(Yaml, LeavesWhatSurprisesPeopleAsText) {
    for (const char* text : {"yes", "no", "on", "off", "010", "-010", ".inf", ".nan", "1e999", "inf", "nan", "-", ".",
                             "1_000", "1:30", "0x", "0x-1"}) {
        EXPECT_TRUE(typed_scalar(text).index() == Node::Value(std::string()).index()) << text;
    }
    EXPECT_EQ(tree_of("\"12\"").as_text(), "12");
    EXPECT_TRUE(tree_of("\"12\"").source().quoted);
}

TEST(Yaml, ReadsAnEmptyTextAsNull) {
    EXPECT_TRUE(tree_of("").is_null());
    EXPECT_TRUE(tree_of("# only a comment\n").is_null());
    EXPECT_TRUE(tree_of("---\n").is_null());
}

TEST(Yaml, TakesAByteOrderMarkAndWindowsLineEnds) {
    const Node root = tree_of(
        "\xef\xbb\xbf"
        "a: 1\r\nb: two\r\n");
    EXPECT_EQ(root.find("b")->as_text(), "two");
    EXPECT_EQ(root.find("a")->mark().text(), "a.yaml:1:4");
    EXPECT_EQ(root.find("b")->mark().text(), "a.yaml:2:4");
}

TEST(Yaml, NamesBothPlacesOfADuplicateKey) {
    EXPECT_THAT(yaml_errors_of("a:\n  b: 1\n  c: 2\n  b: 3\n"),
                ElementsAre("a.yaml:4:3: a.b: stands twice, first at a.yaml:2:3"));
}

TEST(Yaml, RefusesAnchorsAndAliases) {
    EXPECT_THAT(yaml_errors_of("a: &x 1\nb: *x\n"), ElementsAre(HasSubstr("a: anchors (&name) are not allowed")));
    EXPECT_THAT(yaml_errors_of("b: *x\n"), SizeIs(1));
}

TEST(Yaml, RefusesABombBeforeItGrows) {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'k'; ++c) {
        bomb += std::string(1, c) + ": &" + c + " [";
        for (int i = 0; i < 9; ++i)
            bomb += std::string(i > 0 ? "," : "") + "*" + static_cast<char>(c - 1);
        bomb += "]\n";
    }
    EXPECT_THAT(yaml_errors_of(bomb), ElementsAre(HasSubstr("anchors")));
}

TEST(Yaml, RefusesRecursionThroughAnAlias) {
    EXPECT_THAT(yaml_errors_of("a: &a [*a]\n"), ElementsAre(HasSubstr("anchors")));
}

TEST(Yaml, RefusesDeepNesting) {
    EXPECT_THAT(yaml_errors_of(std::string(32, '[') + std::string(32, ']')), IsEmpty());
    EXPECT_THAT(yaml_errors_of(std::string(33, '[') + std::string(33, ']')),
                ElementsAre(HasSubstr("nested deeper than 32")));
    EXPECT_THAT(yaml_errors_of(std::string(100'000, '[')), SizeIs(1));
    std::string block;
    for (int i = 0; i < 40; ++i)
        block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    EXPECT_THAT(yaml_errors_of(block), ElementsAre(HasSubstr("a.yaml:33:33: ")));
    EXPECT_THAT(yaml_errors_of(std::string(100'000, '{')), SizeIs(1));
}

TEST(Yaml, RefusesTooManyValues) {
    std::string list;
    for (int i = 0; i < 10'000; ++i)
        list += "- 1\n";
    EXPECT_THAT(yaml_errors_of(list), ElementsAre("a.yaml:10000:3: [9999]: more than 10000 values"));
}

TEST(Yaml, RefusesALargeFile) {
    EXPECT_THAT(yaml_errors_of(std::string(yaml_bytes_max + 1, ' ')),
                ElementsAre("a.yaml:1:1: the file is larger than 1 MiB"));
}

TEST(Yaml, RefusesBytesThatAreNoText) {
    EXPECT_THAT(yaml_errors_of(std::string_view("a: 1\nb: \0x", 10)),
                ElementsAre("a.yaml:2:4: a control character is not allowed"));
    EXPECT_THAT(yaml_errors_of("a: \xff\xfe"), ElementsAre("a.yaml:1:4: a byte here is not UTF-8"));
    EXPECT_THAT(yaml_errors_of("a: \"x\\0y\""), ElementsAre("a.yaml:1:4: a: a NUL character is not allowed"));
    EXPECT_THAT(yaml_errors_of("a: 1\rb: 2"), ElementsAre("a.yaml:1:5: a control character is not allowed"));
}

TEST(Yaml, RefusesASecondDocument) {
    EXPECT_THAT(yaml_errors_of("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("a.yaml:2:1: a second document begins here")));
}

TEST(Yaml, RefusesTagsMergeKeysAndKeysThatAreNoWords) {
    EXPECT_THAT(yaml_errors_of("a: !!str 5\n"), ElementsAre(HasSubstr("tags (tag:yaml.org,2002:str) are not allowed")));
    EXPECT_THAT(yaml_errors_of("<<: {a: 1}\n"), ElementsAre(HasSubstr("merge keys")));
    EXPECT_THAT(yaml_errors_of("? [a]\n: 1\n"), ElementsAre(HasSubstr("a key must be a word")));
    EXPECT_THAT(yaml_errors_of(": 1\n"), SizeIs(1));
}

TEST(Yaml, SaysThatTabsDoNotIndent) {
    EXPECT_THAT(yaml_errors_of("a:\n\tb: 1\n"), ElementsAre(HasSubstr("(indent with spaces, not tabs)")));
}

TEST(Yaml, SaysThatAReferenceInBracesNeedsQuotes) {
    EXPECT_THAT(yaml_errors_of("a: {b: ${X:-}, c: 1}\n"), ElementsAre(HasSubstr("write \"${...}\" in quotes")));
}

}  // namespace
}  // namespace host::config
