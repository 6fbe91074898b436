#include "host/config/view.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace host::config {

namespace {

// "~1" is a slash, "~0" a tilde.
std::optional<std::string> unescaped(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            out += token[i];
            continue;
        }
        const char escaped = ++i < token.size() ? token[i] : '\0';
        if (escaped != '0' && escaped != '1') return std::nullopt;
        out += escaped == '0' ? '~' : '/';
    }
    return out;
}

const Node* item(const Node::List& items, std::string_view token) {
    std::size_t index = 0;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), index);
    const bool whole = read.ec == std::errc() && read.ptr == token.data() + token.size();
    const bool leading_zero = token.size() > 1 && token[0] == '0';
    return whole && !leading_zero && index < items.size() ? &items[index] : nullptr;
}

const Node* step(const Node& node, std::string_view token) {
    if (node.is_list()) return item(node.items(), token);
    const auto key = unescaped(token);
    return key ? node.find(*key) : nullptr;
}

struct ToJson {
    gantry::Json operator()(std::nullptr_t) const { return nullptr; }
    gantry::Json operator()(Node::Unresolved) const { return nullptr; }
    gantry::Json operator()(bool value) const { return value; }
    gantry::Json operator()(std::int64_t value) const { return value; }
    gantry::Json operator()(double value) const { return value; }
    gantry::Json operator()(const std::string& value) const { return value; }
    gantry::Json operator()(const Node::List& items) const {
        gantry::Json array = gantry::Json::array();
        for (const Node& node : items)
            array.push(to_json(node));
        return array;
    }
    gantry::Json operator()(const Node::Map& members) const {
        gantry::Json object = gantry::Json::object();
        // Keys are unique in a map already; set() would search for each.
        for (const Node::Member& member : members)
            object.members().emplace_back(member.key, to_json(member.value));
        return object;
    }
};

std::string source_text(const gantry::Json& json) {
    return json.is_string() ? json.as_string() : json.dump();
}

}  // namespace

const Node* find_pointer(const Node& root, std::string_view pointer) {
    const Node* node = &root;
    while (node != nullptr && !pointer.empty()) {
        if (pointer.front() != '/') return nullptr;
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        node = step(*node, pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return node;
}

gantry::Json to_json(const Node& node) {
    return std::visit(ToJson{}, node.value());
}

Node from_json(const gantry::Json& json) {
    if (json.is_array()) {
        Node::List items;
        for (const gantry::Json& item : json.items())
            items.push_back(from_json(item));
        return {std::move(items), {}};
    }
    if (json.is_object()) {
        Node::Map members;
        for (const auto& [name, value] : json.members())
            members.push_back({name, {}, from_json(value)});
        return {std::move(members), {}};
    }
    Node::Value value = nullptr;
    if (json.is_bool()) value = json.as_bool();
    if (json.is_integer()) value = json.as_integer();
    if (json.is_number() && !json.is_integer()) value = json.as_number();
    if (json.is_string()) value = json.as_string();
    return {std::move(value), {}, {source_text(json), json.is_string()}};
}

}  // namespace host::config
