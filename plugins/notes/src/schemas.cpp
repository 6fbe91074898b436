#include "schemas.hpp"

#include <utility>

#include "note.hpp"

namespace notes {

using gantry::Json;

namespace {

Json text_schema() {
    return Json::object({{"type", "string"}});
}

// The fields that a client may write.
Json writable_fields() {
    return Json::object({{"title", Json::object({{"type", "string"}, {"minLength", 1}})},
                         {"body", text_schema()},
                         {"tags", Json::object({{"type", "array"}, {"items", text_schema()}, {"maxItems", tags_max}})}});
}

Json object_schema(Json properties, Json required) {
    return Json::object({{"type", "object"},
                         {"additionalProperties", false},
                         {"properties", std::move(properties)},
                         {"required", std::move(required)}});
}

Json integer_schema(std::int64_t least) {
    return Json::object({{"type", "integer"}, {"minimum", least}});
}

Json note_fields() {
    Json properties = writable_fields();
    properties.set("id", Json::object({{"type", "string"}, {"examples", Json::array({"note_7"})}}));
    properties.set("version", integer_schema(1));
    for (const char* moment : {"created_at", "updated_at"}) {
        properties.set(moment, Json::object({{"type", "string"}, {"format", "date-time"}}));
    }
    return object_schema(std::move(properties),
                         Json::array({"id", "title", "body", "tags", "version", "created_at", "updated_at"}));
}

// Under a name of its own in the document, so that generated clients know it as one type.
Json named(const char* name, Json schema) {
    Json definitions = Json::object();
    definitions.set(name, std::move(schema));
    return Json::object({{"$ref", std::string("#/$defs/") + name}, {"$defs", std::move(definitions)}});
}

// What the pages of lists have in common.
Json page_schema(Json more_properties, Json required) {
    Json properties =
        Json::object({{"items", Json::object({{"type", "array"}, {"items", Json::object({{"$ref", "#/$defs/Note"}})}})},
                      {"total", integer_schema(0)},
                      {"limit", integer_schema(1)},
                      {"has_more", Json::object({{"type", "boolean"}})}});
    for (auto& [name, schema] : more_properties.members())
        properties.set(name, std::move(schema));
    Json schema = object_schema(std::move(properties), std::move(required));
    schema.set("$defs", Json::object({{"Note", note_fields()}}));
    return schema;
}

Json described(Json schema, const char* description) {
    schema.set("description", description);
    return schema;
}

}  // namespace

Json note_schema() {
    return named("Note", note_fields());
}

Json draft_schema() {
    return named("Draft", object_schema(writable_fields(), Json::array({"title"})));
}

Json change_schema() {
    return named("Change", object_schema(writable_fields(), Json::array()));
}

Json cursor_page_schema() {
    return page_schema(Json::object({{"next_cursor", text_schema()}}), Json::array({"items", "total", "limit", "has_more"}));
}

Json offset_page_schema() {
    return page_schema(Json::object({{"offset", integer_schema(0)}}),
                       Json::array({"items", "total", "limit", "offset", "has_more"}));
}

Json limit_schema() {
    return Json::object({{"type", "integer"},
                         {"minimum", 1},
                         {"maximum", limit_max},
                         {"default", limit_default},
                         {"description", "The most notes to answer with"}});
}

Json offset_schema() {
    return Json::object({{"type", "integer"},
                         {"minimum", 0},
                         {"maximum", offset_max},
                         {"default", 0},
                         {"description", "How many of the best to pass over"}});
}

Json cursor_schema() {
    return described(text_schema(), "The `next_cursor` of the page before");
}

Json words_schema() {
    return Json::object({{"type", "string"}, {"minLength", 1}, {"description", "The words to search for"}});
}

}  // namespace notes
