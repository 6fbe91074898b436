#include <gtest/gtest.h>
#include <gantry/database/array.hpp>
#include <gantry/database/values.hpp>

#include <limits>

namespace {

using gantry::Timestamp;
using gantry::detail::array_literal;
using gantry::detail::ArrayReader;

TEST(Timestamp, KeepsItsMicroseconds) {
    EXPECT_EQ(Timestamp{981'173'106'000'700}.text(), "2001-02-03T04:05:06.000700Z");
    EXPECT_EQ(Timestamp{0}.text(), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(Timestamp{-1}.text(), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(Timestamp{std::numeric_limits<std::int64_t>::max()}.text(), "infinity");
}

TEST(ArrayLiteral, SurvivesEveryCharacter) {
    const std::vector<std::string> items = {"", "NULL", "a,b", "{x}", "\"", "\\", "\xC3\xA9", " blank "};
    const auto read = ArrayReader(array_literal(items)).read();
    ASSERT_EQ(read.size(), items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        EXPECT_EQ(read[i], items[i]);
}

TEST(ArrayLiteral, IsReadAsPostgresqlWritesIt) {
    const auto read = ArrayReader(R"({a,NULL,"b c","\"q\"",12})").read();
    ASSERT_EQ(read.size(), 5U);
    EXPECT_EQ(read[0], "a");
    EXPECT_EQ(read[1], std::nullopt);
    EXPECT_EQ(read[2], "b c");
    EXPECT_EQ(read[3], "\"q\"");
    EXPECT_TRUE(ArrayReader("{}").read().empty());
}

TEST(ArrayLiteral, IsRefusedWhenItIsNone) {
    for (const char* text : {"", "x", "{", "{a", "{\"a", "{{a}}", "{a{"}) {
        EXPECT_THROW(ArrayReader(text).read(), std::logic_error) << text;
    }
}

}  // namespace
