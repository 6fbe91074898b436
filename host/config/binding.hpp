#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gantry/json.hpp>

#include "host/config/tree.hpp"

// From a member of a settings struct to its schema, and from a checked value back into the member. A setting is stated
// once, as a line of a table; its default is the member's initializer.
namespace host::config {

// One setting of a Root.
template <typename Root>
struct Setting {
    std::string path;     // "http.cors.origins"
    gantry::Json schema;  // with description and default
    std::function<void(Root&, const Node&)> store;
};

// The words of an enumeration, in the order of its values.
template <typename Enum>
extern const std::vector<std::string> words_of;

// The schema of a type, with the value as its default.
gantry::Json describe(bool value);
gantry::Json describe(const std::string& value);
gantry::Json describe(const std::filesystem::path& value);
gantry::Json describe(const std::vector<std::string>& value);
gantry::Json describe(const std::vector<std::filesystem::path>& value);
gantry::Json describe_integer(std::int64_t value);
gantry::Json describe_duration(std::chrono::milliseconds value);
gantry::Json describe_word(const std::vector<std::string>& words, std::size_t index);

template <std::unsigned_integral T>
gantry::Json describe(T value) {
    return describe_integer(static_cast<std::int64_t>(value));
}
template <typename Rep, typename Period>
gantry::Json describe(std::chrono::duration<Rep, Period> value) {
    return describe_duration(value);
}
template <typename Enum>
requires std::is_enum_v<Enum> gantry::Json describe(Enum value) {
    return describe_word(words_of<Enum>, static_cast<std::size_t>(value));
}
template <typename Enum>
gantry::Json describe(const std::map<std::string, Enum>&) {
    gantry::Json any = gantry::Json::object({{"type", "string"}});
    gantry::Json words = gantry::Json::array();
    for (const std::string& word : words_of<Enum>)
        words.push(word);
    any.set("enum", std::move(words));
    return gantry::Json::object(
        {{"type", "object"}, {"additionalProperties", std::move(any)}, {"default", gantry::Json::object()}});
}

// The value of a node that satisfies the schema above.
void assign(const Node& node, bool& out);
void assign(const Node& node, std::string& out);
void assign(const Node& node, std::filesystem::path& out);  // absolute
std::size_t index_of_word(const Node& node, const std::vector<std::string>& words);

template <std::unsigned_integral T>
void assign(const Node& node, T& out) {
    out = static_cast<T>(node.as_integer());
}
template <typename Rep, typename Period>
void assign(const Node& node, std::chrono::duration<Rep, Period>& out) {
    out = std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(std::chrono::milliseconds(node.as_integer()));
}
template <typename Enum>
requires std::is_enum_v<Enum>
void assign(const Node& node, Enum& out) {
    out = static_cast<Enum>(index_of_word(node, words_of<Enum>));
}
template <typename T>
void assign(const Node& node, std::vector<T>& out) {
    out.clear();
    for (const Node& item : node.items())
        assign(item, out.emplace_back());
}
template <typename T>
void assign(const Node& node, std::map<std::string, T>& out) {
    out.clear();
    for (const Node::Member& member : node.members())
        assign(member.value, out[member.key]);
}

// Adds the settings of one struct to a table.
template <typename Root, typename Part>
class Section {
  public:
    using Find = Part& (*)(Root&);

    // `path` is the section's name in YAML, empty for the top; `find` gives its struct within the root.
    Section(std::vector<Setting<Root>>& all, std::string path, Find find) : all_(all), path_(std::move(path)), find_(find) {}

    // `more` are keywords of the schema that replace or join those of the type.
    template <typename T>
    void add(const std::string& name, T Part::*member, std::string description, const gantry::Json::Object& more = {}) {
        Root defaults;
        gantry::Json schema = describe(find_(defaults).*member);
        schema.set("description", std::move(description));
        for (const auto& [keyword, value] : more)
            schema.set(keyword, value);
        all_.push_back({path_.empty() ? name : path_ + "." + name, std::move(schema),
                        [find = find_, member](Root& root, const Node& node) { assign(node, find(root).*member); }});
    }

  private:
    std::vector<Setting<Root>>& all_;
    const std::string path_;
    const Find find_;
};

// Puts a schema at a path such as "http.cors.origins" of an object schema, with the objects between.
void put_property(gantry::Json& object, const std::string& path, const gantry::Json& schema);
gantry::Json empty_object_schema();

template <typename Root>
gantry::Json object_schema(const std::vector<Setting<Root>>& settings) {
    gantry::Json object = empty_object_schema();
    for (const Setting<Root>& setting : settings)
        put_property(object, setting.path, setting.schema);
    return object;
}

// Stores every value that the completed tree has.
template <typename Root>
void store_all(const std::vector<Setting<Root>>& settings, const Node& tree, Root& root) {
    for (const Setting<Root>& setting : settings) {
        const Node* node = find_path(tree, split_path(setting.path));
        if (node != nullptr) setting.store(root, *node);
    }
}

}  // namespace host::config
