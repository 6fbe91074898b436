#include "note.hpp"

#include <utility>

#include <gantry/error.hpp>
#include <gantry/text.hpp>

namespace notes {

namespace {

constexpr std::string_view id_prefix = "note_";

[[noreturn]] void refuse(const std::string& field, const std::string& message) {
    throw gantry::Error(gantry::Status::Invalid, field + " " + message)
        .code("INVALID_NOTE")
        .where(field)
        .details(gantry::Json::object({{"field", field}}));
}

void check_text(const std::string& field, std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max) {
        refuse(field, "has " + std::to_string(text.size()) + " bytes but may have at most " + std::to_string(bytes_max));
    }
    // PostgreSQL's text cannot hold it.
    if (text.find('\0') != std::string_view::npos) refuse(field, "contains the character U+0000");
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void check_title(const std::string& title, std::size_t bytes_max) {
    if (is_blank(title)) refuse("title", "is empty");
    check_text("title", title, bytes_max);
}

void check_tags(const std::vector<std::string>& tags) {
    if (tags.size() > tags_max) {
        refuse("tags", "has " + std::to_string(tags.size()) + " items but may have at most " + std::to_string(tags_max));
    }
    for (std::size_t i = 0; i < tags.size(); ++i) {
        const std::string field = "tags/" + std::to_string(i);
        if (is_blank(tags[i])) refuse(field, "is empty");
        check_text(field, tags[i], tag_bytes_max);
    }
}

}  // namespace

void check(const Draft& draft, std::size_t title_bytes_max) {
    check_title(draft.title, title_bytes_max);
    check_text("body", draft.body, body_bytes_max);
    check_tags(draft.tags);
}

void check(const Change& change, std::size_t title_bytes_max) {
    if (change.title) check_title(*change.title, title_bytes_max);
    if (change.body) check_text("body", *change.body, body_bytes_max);
    if (change.tags) check_tags(*change.tags);
}

Change replace_with(Draft draft) {
    return {std::move(draft.title), std::move(draft.body), std::move(draft.tags)};
}

std::string public_id(std::int64_t id) {
    return std::string(id_prefix) + std::to_string(id);
}

std::optional<std::int64_t> parse_public_id(std::string_view text) {
    if (!text.starts_with(id_prefix)) return std::nullopt;
    const auto id = gantry::number<std::int64_t>(text.substr(id_prefix.size()));
    // One note has one name: "note_07" is none.
    if (!id || *id < 1 || public_id(*id) != text) return std::nullopt;
    return id;
}

}  // namespace notes
