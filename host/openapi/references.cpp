#include "host/openapi/references.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace host::openapi {

namespace {

using gantry::Json;

constexpr std::array<std::string_view, 2> definition_keywords = {"$defs", "definitions"};
// Keywords whose value is data, and those whose value is a map from any name to a schema.
constexpr std::array<std::string_view, 5> data_keywords = {"const", "default", "enum", "example", "examples"};
constexpr std::array<std::string_view, 5> map_keywords = {"properties", "patternProperties", "dependentSchemas", "$defs",
                                                          "definitions"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Calls visit(text of the reference) for each "$ref" in a place where a schema stands. Not deeper than the parser lets in.
template <typename Value, typename Visit>
void each_reference(Value& schema, const Visit& visit) {
    if (schema.is_array()) {
        for (auto& item : schema.items())
            each_reference(item, visit);
    }
    if (!schema.is_object()) return;
    for (auto& [keyword, value] : schema.members()) {
        if (keyword == "$ref" && value.is_string()) {
            visit(value);
        } else if (is_one_of(map_keywords, keyword) && value.is_object()) {
            for (auto& [name, inner] : value.members())
                each_reference(inner, visit);
        } else if (!is_one_of(data_keywords, keyword)) {
            each_reference(value, visit);
        }
    }
}

struct Pointer {
    std::string definition;  // empty: none, the rest begins at the root
    std::string rest;        // "/properties/title", or empty
};

// RFC 6901 section 4.
std::string unescaped(std::string_view token) {
    std::string text;
    for (std::size_t at = 0; at < token.size(); ++at) {
        const bool escape = token[at] == '~' && at + 1 < token.size();
        text.push_back(escape ? (token[++at] == '1' ? '/' : '~') : token[at]);
    }
    return text;
}

// "#/$defs/Note/properties/id", "#", "#/properties/id"; what begins otherwise is no reference into the schema.
bool is_local(std::string_view reference) {
    return reference == "#" || reference.starts_with("#/");
}

Pointer pointer_of(std::string_view reference) {
    reference.remove_prefix(1);
    for (const std::string_view keyword : definition_keywords) {
        const std::string prefix = "/" + std::string(keyword) + "/";
        if (!reference.starts_with(prefix)) continue;
        const std::string_view after = reference.substr(prefix.size());
        const std::size_t end = std::min(after.find('/'), after.size());
        return {unescaped(after.substr(0, end)), std::string(after.substr(end))};
    }
    return {"", std::string(reference)};
}

}  // namespace

bool refers_to_root(const Json& schema) {
    bool found = false;
    each_reference(schema, [&](const Json& reference) {
        const std::string& text = reference.as_string();
        found = found || (is_local(text) && pointer_of(text).definition.empty());
    });
    return found;
}

Json::Object take_definitions(Json& schema) {
    Json::Object taken;
    Json::Object kept;
    for (Json::Member& member : schema.members()) {
        if (is_one_of(definition_keywords, member.first) && member.second.is_object()) {
            std::move(member.second.members().begin(), member.second.members().end(), std::back_inserter(taken));
        } else {
            kept.push_back(std::move(member));
        }
    }
    schema.members() = std::move(kept);
    return taken;
}

Json with_references(Json schema, const ReferenceMap& map) {
    each_reference(schema, [&](Json& reference) {
        if (!is_local(reference.as_string())) return;
        const Pointer pointer = pointer_of(reference.as_string());
        const std::string component = pointer.definition.empty() ? map.root : map.definition(pointer.definition);
        reference = Json("#/components/schemas/" + component + pointer.rest);
    });
    return schema;
}

}  // namespace host::openapi
