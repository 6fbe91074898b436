#include "host/database/rows.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "host/database/connection.hpp"
#include "host/database/session_url.hpp"
#include "tests/host/database/values.hpp"
#include "tests/support/postgres.hpp"

using namespace host::database;
using namespace std::string_view_literals;
using tests::text_in;

namespace {

// Every type against a real server; one connection for all.
class RowsTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        const SessionLimits limits{std::chrono::seconds(5), std::chrono::seconds(30), std::chrono::seconds(60)};
        connection = std::make_unique<Connection>(session_url(tests::fresh_database(), limits), tests::quiet_logger());
        connection->connect();
    }
    static void TearDownTestSuite() { connection.reset(); }

    static Rows select(const std::string& sql, std::vector<gantry_value> parameters = {}) {
        std::vector<Value> values(parameters.begin(), parameters.end());
        return connection->run(sql, values, {host::core::Monotonic::now() + std::chrono::seconds(20), 1 << 20});
    }
    static void expect_text(const std::string& expression, std::uint32_t type, std::string_view expected) {
        const Rows rows = select("select " + expression);
        EXPECT_EQ(rows.cell(0, 0).type, type) << expression;
        EXPECT_EQ(text_in(rows.cell(0, 0)), expected) << expression;
    }
    static void expect_integer(const std::string& expression, std::uint32_t type, std::int64_t expected) {
        const Rows rows = select("select " + expression);
        EXPECT_EQ(rows.cell(0, 0).type, type) << expression;
        EXPECT_EQ(rows.cell(0, 0).as.integer, expected) << expression;
    }

    static inline std::unique_ptr<Connection> connection;
};

}  // namespace

TEST_F(RowsTest, NumericKeepsEveryDigit) {
    expect_text("12345678901234567890.123456789::numeric", GANTRY_VALUE_NUMERIC, "12345678901234567890.123456789");
    expect_text("1.10::numeric", GANTRY_VALUE_NUMERIC, "1.10");
    expect_text("'NaN'::numeric", GANTRY_VALUE_NUMERIC, "NaN");
}

TEST_F(RowsTest, TimestamptzKeepsMicrosecondsSignAndInfinity) {
    expect_integer("'2026-02-03 04:05:06.123456+02'::timestamptz", GANTRY_VALUE_TIMESTAMP, 1'770'084'306'123'456);
    expect_integer("'1969-12-31 23:59:59.999999Z'::timestamptz", GANTRY_VALUE_TIMESTAMP, -1);
    expect_integer("'0044-03-15 12:00:00+00 BC'::timestamptz", GANTRY_VALUE_TIMESTAMP, -63'517'780'800'000'000);
    expect_integer("'infinity'::timestamptz", GANTRY_VALUE_TIMESTAMP, std::numeric_limits<std::int64_t>::max());
    expect_integer("'-infinity'::timestamptz", GANTRY_VALUE_TIMESTAMP, std::numeric_limits<std::int64_t>::min());
}

TEST_F(RowsTest, WhatIsNoMomentInTimeStaysText) {
    expect_text("'2026-02-03 04:05:06'::timestamp", GANTRY_VALUE_TEXT, "2026-02-03 04:05:06");
    expect_text("'2026-02-03'::date", GANTRY_VALUE_TEXT, "2026-02-03");
}

TEST_F(RowsTest, EnumIntervalVoidAndTheLikeAreText) {
    select("create type pg_temp.mood as enum ('sad', 'glad')");
    expect_text("'glad'::pg_temp.mood", GANTRY_VALUE_TEXT, "glad");
    expect_text("interval '1 day 2 hours'", GANTRY_VALUE_TEXT, "1 day 02:00:00");
    expect_text("pg_advisory_lock_shared(1)", GANTRY_VALUE_TEXT, "");
    expect_text("point(1,2)", GANTRY_VALUE_TEXT, "(1,2)");
    expect_text("'192.0.2.1'::inet", GANTRY_VALUE_TEXT, "192.0.2.1");
}

TEST_F(RowsTest, DecodesScalars) {
    expect_integer("true", GANTRY_VALUE_BOOL, 1);
    expect_integer("(-9223372036854775808)::bigint", GANTRY_VALUE_INTEGER, std::numeric_limits<std::int64_t>::min());
    expect_integer("4294967295::oid", GANTRY_VALUE_INTEGER, 4'294'967'295);
    expect_text("'{\"a\": [1]}'::jsonb", GANTRY_VALUE_JSON, "{\"a\": [1]}");
    expect_text("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", GANTRY_VALUE_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    expect_text("array['a', null, 'b c']", GANTRY_VALUE_ARRAY, "{a,NULL,\"b c\"}");
    const Rows rows = select("select 0.1::float8, null::int, '\\x00ff61'::bytea, ''::bytea");
    EXPECT_EQ(rows.cell(0, 0).as.real, 0.1);
    EXPECT_EQ(rows.cell(0, 1).type, std::uint32_t{GANTRY_VALUE_NULL});
    const auto& bytes = rows.cell(0, 2).as.bytes;
    EXPECT_EQ(std::string_view(static_cast<const char*>(bytes.data), bytes.size), "\0\xff\x61"sv);
    EXPECT_EQ(rows.cell(0, 3).as.bytes.size, 0U);
}

TEST_F(RowsTest, ParametersReachTheServerUnchanged) {
    const Rows rows = select(
        "select $1::text, $2::bytea, $3::numeric, $4::timestamptz, $5::jsonb, $6::uuid, $7::text[], $8::bool, $9::float8,"
        " $10::int, make_interval(days => $11)",
        {tests::text("it's :name $1"), tests::bytes("\0\x01\xff"sv), tests::text("0.10", GANTRY_VALUE_NUMERIC),
         tests::integer(-1, GANTRY_VALUE_TIMESTAMP), tests::text("{}", GANTRY_VALUE_JSON),
         tests::text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", GANTRY_VALUE_UUID), tests::text("{1,NULL}", GANTRY_VALUE_ARRAY),
         tests::integer(0, GANTRY_VALUE_BOOL), tests::real(-1.5e300), tests::null(), tests::integer(3)});
    EXPECT_EQ(text_in(rows.cell(0, 0)), "it's :name $1");
    EXPECT_EQ(rows.cell(0, 1).as.bytes.size, 3U);
    EXPECT_EQ(text_in(rows.cell(0, 2)), "0.10");
    EXPECT_EQ(rows.cell(0, 3).as.integer, -1);
    EXPECT_EQ(rows.cell(0, 7).as.integer, 0);
    EXPECT_EQ(rows.cell(0, 8).as.real, -1.5e300);
    EXPECT_EQ(rows.cell(0, 9).type, std::uint32_t{GANTRY_VALUE_NULL});
    EXPECT_EQ(text_in(rows.cell(0, 10)), "3 days");
}

TEST_F(RowsTest, CountsRowsAndAffectedRows) {
    select("create temp table counted (n int)");
    EXPECT_EQ(select("insert into counted select generate_series(1, 5)").affected(), 5U);
    EXPECT_EQ(select("delete from counted where n > 3").affected(), 2U);
    const Rows rows = select("select n from counted where false");
    EXPECT_EQ(rows.size(), 0U);
    EXPECT_EQ(rows.view().columns_n, 1U);
    EXPECT_EQ(rows.affected(), 0U);
}

TEST_F(RowsTest, StaysValidWhenMoved) {
    Rows first = select("select 'kept'::text, '\\x0102'::bytea");
    const Rows second = std::move(first);
    EXPECT_EQ(text_in(second.view().cells[0]), "kept");
    EXPECT_EQ(static_cast<const char*>(second.view().cells[1].as.bytes.data)[1], 2);
}
