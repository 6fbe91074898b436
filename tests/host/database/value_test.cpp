#include "host/database/value.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "host/core/error.hpp"
#include "host/database/copy.hpp"
#include "tests/host/database/values.hpp"

using host::core::Code;
using host::core::Error;
using host::database::Value;
using namespace std::string_view_literals;

TEST(Value, TakesTheFormInWhichItIsSent) {
    EXPECT_EQ(Value(tests::null()).data(), nullptr);
    EXPECT_STREQ(Value(tests::integer(1, GANTRY_VALUE_BOOL)).data(), "t");
    EXPECT_STREQ(Value(tests::integer(INT64_MIN)).data(), "-9223372036854775808");
    EXPECT_STREQ(Value(tests::real(0.1)).data(), "0.1");
    EXPECT_STREQ(Value(tests::integer(0, GANTRY_VALUE_TIMESTAMP)).data(), "1970-01-01 00:00:00.000000+00");
    const Value bytes(tests::bytes("a\0b"sv));
    EXPECT_TRUE(bytes.binary());
    EXPECT_EQ(bytes.size(), 3);
}

TEST(Value, RefusesTextWithANulByteAndUnknownTypes) {
    for (const auto& wrong : {tests::text("a\0b"sv), tests::text("{\0}"sv, GANTRY_VALUE_JSON), tests::integer(1, 99)}) {
        try {
            Value{wrong};
            FAIL() << wrong.type;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::InvalidArgument);
        }
    }
}

TEST(Copy, QuotesNamesAndEscapesCells) {
    const gantry_str columns[] = {{"a\"b", 3}, {"c", 1}};
    const gantry_value cells[] = {tests::text("tab\there\\\n"), tests::bytes("\x01\xff"sv), tests::null(),
                                  tests::integer(7)};
    gantry_copy wanted{sizeof(gantry_copy), 2, 0, {"no te", 5}, columns, cells, 2};
    const auto copy = host::database::make_copy(wanted);
    EXPECT_EQ(copy.statement, R"(copy "no te" ("a""b", "c") from stdin)");
    EXPECT_EQ(copy.text, "tab\\there\\\\\\n\t\\\\x01ff\n\\N\t7\n");
}
