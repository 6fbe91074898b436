#include "search_service.hpp"

#include <cstdint>
#include <string>

#include <gantry/error.hpp>

#include "json.hpp"
#include "schemas.hpp"

namespace notes {

using gantry::Json;

namespace {

[[noreturn]] void refuse(const std::string& field, const std::string& message) {
    throw gantry::Error(gantry::Status::Invalid, field + " " + message).code("INVALID_PARAMETER").where(field);
}

std::string words_of(const Json& argument) {
    const Json* words = argument.find("q");
    if (words == nullptr || !words->is_string() || words->as_string().empty())
        refuse("q", "must be the words to search for");
    if (words->as_string().find('\0') != std::string::npos) refuse("q", "contains the character U+0000");
    return words->as_string();
}

std::int64_t limit_of(const Json& argument) {
    const Json* limit = argument.find("limit");
    if (limit == nullptr) return limit_default;
    if (!limit->is_integer() || limit->as_integer() < 1 || limit->as_integer() > limit_max)
        refuse("limit", "must be a whole number from 1 to " + std::to_string(limit_max));
    return limit->as_integer();
}

}  // namespace

SearchService::SearchService(gantry::Host host, const Store& store) : store_(store) {
    gantry::Services(host).provide("notes.search/1", *this, gantry::method("find", &SearchService::find));
}

gantry::Task<Json> SearchService::find(const gantry::ServiceCall& call) const {
    const Json argument = call.json();
    if (!argument.is_object()) refuse("argument", "must be a JSON object");
    const std::string words = words_of(argument);
    const Found found = co_await store_.search(words, limit_of(argument), 0);
    Json items = Json::array();
    for (const Note& note : found.notes)
        items.push(to_json(note));
    co_return Json::object({{"items", std::move(items)}});
}

}  // namespace notes
