#pragma once

// What a note is and which notes there may be. Knows neither HTTP nor SQL.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace notes {

struct Note {
    std::int64_t id = 0;
    std::int64_t version = 0;  // grows by one with each change
    std::string title;
    std::string body;
    std::vector<std::string> tags;
    std::string created_at;  // RFC 3339, UTC
    std::string updated_at;
};

// What somebody wants a note to be.
struct Draft {
    std::string title;
    std::string body;
    std::vector<std::string> tags;
};

// What somebody wants to be different; nothing stays as it is.
struct Change {
    std::optional<std::string> title;
    std::optional<std::string> body;
    std::optional<std::vector<std::string>> tags;
};

inline constexpr std::size_t body_bytes_max = 100'000;
inline constexpr std::size_t tags_max = 20;
inline constexpr std::size_t tag_bytes_max = 40;

// Each throws gantry::Error that names the field, for the first rule that is broken.
void check(const Draft& draft, std::size_t title_bytes_max);
void check(const Change& change, std::size_t title_bytes_max);

// A PUT is a change of everything.
Change replace_with(Draft draft);

// The id that clients see: "note_7".
std::string public_id(std::int64_t id);
// Nothing for any text that public_id() does not make.
std::optional<std::int64_t> parse_public_id(std::string_view text);

}  // namespace notes
