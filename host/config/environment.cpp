#include "host/config/environment.hpp"

#include <algorithm>
#include <span>

#include "host/config/nearest.hpp"
#include "host/config/scalar.hpp"
#include "host/config/settings.hpp"
#include "host/config/text.hpp"

namespace host::config {

namespace {

constexpr std::string_view prefix = "GANTRY_";

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

Node list_value(std::string_view text, const Mark& mark) {
    Node::List items;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::string item = trimmed(text.substr(at, comma - at));
        items.emplace_back(Node::Value(item), mark, Node::Source{item, true});
        at = comma + 1;
    }
    return {std::move(items), mark};
}

// A string is what it is; a variable has no quotes to say so.
Node value_for(const gantry::Json& schema, const std::string& text, const Mark& mark) {
    const std::string& type = schema.find("type")->as_string();
    if (type == "array") return list_value(text, mark);
    return {type == "string" ? Node::Value(text) : typed_scalar(text), mark, {text}};
}

Node with_value(const Node& map, std::span<const std::string> path, const Node& value) {
    if (path.empty()) return value;
    // What is no map will be reported as such.
    if (!map.is_map() && !map.is_null()) return map;
    Node::Map members = map.is_map() ? map.members() : Node::Map{};
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const Node::Member& m) { return m.key == path.front(); });
    if (found == members.end()) {
        members.push_back({path.front(), value.mark(), with_value(Node(), path.subspan(1), value)});
    } else {
        found->value = with_value(found->value, path.subspan(1), value);
    }
    return map.with(std::move(members));
}

bool refers_to(const Node& node, const std::string& name) {
    const auto item_refers = [&](const Node& item) { return refers_to(item, name); };
    const auto member_refers = [&](const Node::Member& member) { return refers_to(member.value, name); };
    if (node.is_list()) return std::any_of(node.items().begin(), node.items().end(), item_refers);
    if (node.is_map()) return std::any_of(node.members().begin(), node.members().end(), member_refers);
    return node.source().text.find("${" + name) != std::string::npos;
}

void report_misspelt(const Node& root, const Environment& environment, Problems& problems) {
    std::vector<std::string> known;
    for (const auto& setting : settings())
        known.push_back(variable_of(setting.path));
    for (auto entry = environment.lower_bound(std::string(prefix)); entry != environment.end(); ++entry) {
        const std::string& name = entry->first;
        if (!name.starts_with(prefix)) break;
        if (std::count(known.begin(), known.end(), name) > 0 || refers_to(root, name)) continue;
        // The prefix is common to all and must not make strangers look alike.
        std::vector<std::string> endings;
        for (const std::string& variable : known)
            endings.push_back(variable.substr(prefix.size()));
        const bool near = !did_you_mean(std::string_view(name).substr(prefix.size()), endings).empty();
        if (!near) continue;
        const Mark mark{std::make_shared<const std::string>(shown(name)), 0, 0};
        problems.add(mark, "", "overrides no setting" + did_you_mean(name, known));
    }
}

}  // namespace

std::string variable_of(std::string_view path) {
    std::string name(prefix);
    for (const char c : path)
        name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

Node with_overrides(const Node& root, const Environment& environment, Problems& problems) {
    report_misspelt(root, environment, problems);
    Node tree = root;
    for (const auto& setting : settings()) {
        // A map has no spelling in one variable.
        if (*setting.schema.find("type") == gantry::Json("object")) continue;
        const auto found = environment.find(variable_of(setting.path));
        if (found == environment.end() || found->second.empty()) continue;
        const Mark mark{std::make_shared<const std::string>(found->first), 0, 0};
        if (first_unsound_byte(found->second) != found->second.size()) {
            problems.add(mark, "", "holds control characters or bytes that are not UTF-8");
            continue;
        }
        const std::vector<std::string> path = split_path(setting.path);
        tree = with_value(tree, path, value_for(setting.schema, found->second, mark));
    }
    return tree;
}

}  // namespace host::config
