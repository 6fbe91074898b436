#include "host/core/error.hpp"

#include <gtest/gtest.h>

namespace host::core {
namespace {

TEST(Error, FillsWhatTheCallerAllocatedAndNothingElse) {
    gantry_error error{};
    error.struct_size = sizeof error;
    fill(&error, Error(Code::Conflict, "title is taken", "notes_title_key", "SQLSTATE_23505").mark_retryable());
    EXPECT_EQ(error.status, GANTRY_E_CONFLICT);
    EXPECT_STREQ(error.code, "SQLSTATE_23505");
    EXPECT_STREQ(error.where, "notes_title_key");
    EXPECT_STREQ(error.message, "title is taken");
    EXPECT_EQ(error.flags, static_cast<std::uint32_t>(GANTRY_ERROR_RETRYABLE));
    fill(nullptr, Error(Code::Conflict, "nobody asks"));
}

TEST(Error, CutsLongTextsBeforeACharacterNeverInsideOne) {
    gantry_error error{};
    error.struct_size = sizeof error;
    std::string text;
    while (text.size() < 500)
        text += "\xc3\xa4";
    fill(&error, Error(Code::Internal, "x" + text));
    const std::string cut = error.message;
    EXPECT_EQ(cut.size(), 383u);
    EXPECT_EQ(cut.size() % 2, 1u) << "one x and whole two-byte characters";
}

TEST(Error, TakesUnknownStatusesAsInternal) {
    EXPECT_EQ(code_of(GANTRY_E_GONE), Code::Gone);
    EXPECT_EQ(code_of(-4711), Code::Internal);
    EXPECT_EQ(http_status_of(Code::NotFound), 404);
    EXPECT_EQ(name_of(Code::Unavailable), "DEPENDENCY_UNAVAILABLE");
}

}  // namespace
}  // namespace host::core
