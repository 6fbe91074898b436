#include "host/config/binding.hpp"

#include <algorithm>

#include "host/config/files.hpp"

namespace host::config {

namespace {

using gantry::Json;

Json typed(const char* type) {
    return Json::object({{"type", type}});
}

template <typename T>
Json list_of(Json items, const std::vector<T>& values) {
    Json defaults = Json::array();
    for (const T& value : values)
        defaults.push(std::string(value));
    return Json::object(
        {{"type", "array"}, {"items", std::move(items)}, {"x-one-or-many", true}, {"default", std::move(defaults)}});
}

Json& member(Json& object, const std::string& name) {
    if (object.find(name) == nullptr) object.set(name, empty_object_schema());
    auto& members = object.members();
    return std::find_if(members.begin(), members.end(), [&](const Json::Member& m) { return m.first == name; })->second;
}

}  // namespace

Json describe(bool value) {
    return Json::object({{"type", "boolean"}, {"default", value}});
}

Json describe(const std::string& value) {
    return Json::object({{"type", "string"}, {"default", value}});
}

// An empty path means that it is found out; it is no path that one could write.
Json describe(const std::filesystem::path& value) {
    Json schema = Json::object({{"type", "string"}, {"format", "path"}});
    if (!value.empty()) schema.set("default", value.string());
    return schema;
}

Json describe(const std::vector<std::string>& value) {
    return list_of(typed("string"), value);
}

Json describe(const std::vector<std::filesystem::path>& value) {
    return list_of(Json::object({{"type", "string"}, {"format", "path"}}), value);
}

Json describe_integer(std::int64_t value) {
    return Json::object({{"type", "integer"}, {"minimum", 0}, {"default", value}});
}

Json describe_duration(std::chrono::milliseconds value) {
    constexpr std::int64_t day = 86'400'000;
    return Json::object({{"type", "integer"},
                         {"format", "duration"},
                         {"minimum", 1},
                         {"maximum", day},
                         {"default", std::int64_t{value.count()}}});
}

Json describe_word(const std::vector<std::string>& words, std::size_t index) {
    Json schema = typed("string");
    Json allowed = Json::array();
    for (const std::string& word : words)
        allowed.push(word);
    schema.set("enum", std::move(allowed));
    schema.set("default", words.at(index));
    return schema;
}

void assign(const Node& node, bool& out) {
    out = node.as_boolean();
}

void assign(const Node& node, std::string& out) {
    out = node.as_text();
}

void assign(const Node& node, std::filesystem::path& out) {
    out = relative_to(node.mark(), node.as_text());
}

std::size_t index_of_word(const Node& node, const std::vector<std::string>& words) {
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), node.as_text()) - words.begin());
}

Json empty_object_schema() {
    return Json::object({{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}});
}

void put_property(Json& object, const std::string& path, const Json& schema) {
    Json* properties = &member(object, "properties");
    std::vector<std::string> keys = split_path(path);
    const std::string name = keys.back();
    keys.pop_back();
    for (const std::string& key : keys)
        properties = &member(member(*properties, key), "properties");
    properties->set(name, schema);
}

}  // namespace host::config
