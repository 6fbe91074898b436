#include "json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/error.hpp>

namespace notes {

using gantry::Json;

namespace {

[[noreturn]] void refuse(std::string_view field, const std::string& message) {
    throw gantry::Error(gantry::Status::Invalid, std::string(field) + " " + message)
        .code("INVALID_NOTE")
        .where(std::string(field))
        .details(Json::object({{"field", field}}));
}

// A mistyped name must not pass for a field that was left out.
void check_names(const Json& json) {
    if (!json.is_object()) refuse("body", "must be a JSON object");
    for (const auto& [name, value] : json.members()) {
        if (name != "title" && name != "body" && name != "tags") refuse(name, "is unknown; a note has title, body and tags");
    }
}

std::optional<std::string> text_of(const Json& json, std::string_view field) {
    const Json* value = json.find(field);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) refuse(field, "must be text");
    return value->as_string();
}

std::optional<std::vector<std::string>> texts_of(const Json& json, std::string_view field) {
    const Json* value = json.find(field);
    if (value == nullptr) return std::nullopt;
    if (!value->is_array()) refuse(field, "must be a list of texts");
    std::vector<std::string> texts;
    for (const Json& item : value->items()) {
        if (!item.is_string()) refuse(std::string(field) + "/" + std::to_string(texts.size()), "must be text");
        texts.push_back(item.as_string());
    }
    return texts;
}

Json text_list(const std::vector<std::string>& texts) {
    return Json(Json::Array(texts.begin(), texts.end()));
}

}  // namespace

Json to_json(const Note& note) {
    return Json::object({{"id", public_id(note.id)},
                         {"title", note.title},
                         {"body", note.body},
                         {"tags", text_list(note.tags)},
                         {"version", note.version},
                         {"created_at", note.created_at},
                         {"updated_at", note.updated_at}});
}

Draft draft_from(const Json& json) {
    check_names(json);
    std::optional<std::string> title = text_of(json, "title");
    if (!title) refuse("title", "is missing");
    return {std::move(*title), text_of(json, "body").value_or(""),
            texts_of(json, "tags").value_or(std::vector<std::string>())};
}

Change change_from(const Json& json) {
    check_names(json);
    return {text_of(json, "title"), text_of(json, "body"), texts_of(json, "tags")};
}

}  // namespace notes
