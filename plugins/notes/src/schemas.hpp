#pragma once

// What OpenAPI tells of the bodies and the query parameters. The handlers check for themselves, with the same numbers.

#include <cstdint>

#include <gantry/json.hpp>

namespace notes {

inline constexpr std::int64_t limit_default = 20;
inline constexpr std::int64_t limit_max = 100;
inline constexpr std::int64_t offset_max = 10'000;

// Bodies.
gantry::Json note_schema();
gantry::Json draft_schema();
gantry::Json change_schema();
gantry::Json cursor_page_schema();
gantry::Json offset_page_schema();

// Query parameters.
gantry::Json limit_schema();
gantry::Json offset_schema();
gantry::Json cursor_schema();
gantry::Json words_schema();

}  // namespace notes
