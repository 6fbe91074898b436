#include "host/config/tree.hpp"

#include <algorithm>

#include "host/config/text.hpp"

namespace host::config {

std::string Mark::text() const {
    if (!written()) return "default";
    if (!in_file()) return *file;
    return *file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

const Node::Member* Node::find_member(std::string_view key) const {
    if (!is_map()) return nullptr;
    const auto found = std::find_if(members().begin(), members().end(), [&](const Member& m) { return m.key == key; });
    return found != members().end() ? &*found : nullptr;
}

const Node* Node::find(std::string_view key) const {
    const Member* member = find_member(key);
    return member != nullptr ? &member->value : nullptr;
}

const Node* find_path(const Node& root, const std::vector<std::string>& path) {
    const Node* node = &root;
    for (const std::string& key : path) {
        if (node != nullptr) node = node->find(key);
    }
    return node;
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t dot = std::min(path.find('.', at), path.size());
        parts.emplace_back(path.substr(at, dot - at));
        at = dot + 1;
    }
    return parts;
}

std::string join_path(std::string_view path, std::string_view key) {
    return (path.empty() ? std::string() : std::string(path) + ".") + shown(key);
}

}  // namespace host::config
