#pragma once

// The notes plugin on the fake host, and rows for its fake database.

#include <gantry/abi/plugin.h>
#include <gtest/gtest.h>
#include <gantry/fake_host.hpp>

#include <string>
#include <vector>

namespace notes {

using gantry::Json;
using gantry::testing::FakeHost;
using gantry::testing::FakeRows;

inline const std::vector<std::string> note_columns = {"id", "version", "title", "body", "tags", "created_at", "updated_at"};
inline constexpr gantry::Timestamp moment{981'173'106'000'700};  // 2001-02-03T04:05:06.000700Z

inline void add_note(FakeRows& rows, std::int64_t id, std::int64_t version = 1) {
    const std::string number = std::to_string(id);
    rows.add(id, version, "Note " + number, "Body\nof " + number, std::vector<std::string>{"tag", "a \"quoted\" one"},
             moment, moment);
}

// The notes of these ids, in that order.
inline FakeRows note_rows(const std::vector<std::int64_t>& ids) {
    FakeRows rows(note_columns);
    for (const std::int64_t id : ids)
        add_note(rows, id);
    return rows;
}

inline FakeRows count_row(std::int64_t count) {
    return FakeRows({"count"}).row(count);
}

#define EXPECT_GOLDEN(name, answer) EXPECT_TRUE(gantry::testing::matches_golden(GANTRY_GOLDEN_DIR, name, answer))

}  // namespace notes
