#include "host/config/validate.hpp"

#include <algorithm>
#include <optional>

#include "host/config/formats.hpp"
#include "host/config/nearest.hpp"
#include "host/config/rules.hpp"
#include "host/config/scalar.hpp"
#include "host/config/view.hpp"

namespace host::config {

namespace {

using gantry::Json;
using Type = Schema::Type;

class Validator {
  public:
    Validator(const Where& where, Problems& problems) : where_(where), problems_(problems) {}

    Node check(const Schema& schema, const Node& node, const std::string& path) {
        if (node.is_unresolved()) return node;
        switch (schema.type) {
            case Type::Boolean:
                return scalar(schema, node, path, node.is_boolean());
            case Type::Integer:
                return integer(schema, node, path);
            case Type::Number:
                return number(schema, node, path);
            case Type::String:
                return string(schema, node, path);
            case Type::Array:
                return array(schema, node, path);
            case Type::Object:
                return object(schema, node, path);
            case Type::Any:
                break;
        }
        return scalar(schema, node, path, true);
    }

  private:
    // (notes 1.0.0, "Rows fetched per round trip")
    std::string about(const Schema& schema) const {
        const std::string quoted = schema.description.empty() ? "" : "\"" + schema.description + "\"";
        const std::string both = where_.owner + (where_.owner.empty() || quoted.empty() ? "" : ", ") + quoted;
        return both.empty() ? "" : " (" + both + ")";
    }
    void report(const Schema& schema, const Node& node, const std::string& path, const std::string& message) {
        problems_.add(node.mark(), path, message + about(schema));
    }
    Node mismatch(const Schema& schema, const Node& node, const std::string& path) {
        const bool zero = node.is_text() && schema.format.empty() && has_leading_zero(node.as_text());
        const bool number = schema.type == Type::Integer || schema.type == Type::Number;
        const std::string hint = zero && number ? ", whose leading zero could mean octal" : "";
        report(schema, node, path, "expected " + expectation(schema) + ", found " + found(schema, node) + hint);
        return node.with(Node::Unresolved{});
    }

    Node kept(const Schema& schema, Node node, const std::string& path) {
        for (const std::string& broken : broken_rules(schema, node))
            report(schema, node, path, broken);
        return node;
    }

    Node scalar(const Schema& schema, const Node& node, const std::string& path, bool fits) {
        if (!fits) return mismatch(schema, node, path);
        return kept(schema, node, path);
    }

    Node integer(const Schema& schema, const Node& node, const std::string& path) {
        const std::optional<Node> value = has_quantity(schema) ? quantity(schema, node) : node;
        if (!value || !value->is_integer()) return mismatch(schema, node, path);
        return kept(schema, *value, path);
    }

    // A default, being a number of the right unit already, has no unit; what a person writes has one.
    static std::optional<Node> quantity(const Schema& schema, const Node& node) {
        if (!node.mark().written() && node.is_integer()) return node;
        if (!node.is_text() && !node.is_integer()) return std::nullopt;
        const std::string& text = node.source().text;
        const auto value = schema.format == "duration" ? read_duration(text) : read_bytes(text);
        return value ? std::optional(node.with(*value)) : std::nullopt;
    }

    Node number(const Schema& schema, const Node& node, const std::string& path) {
        if (!node.is_integer() && !node.is_real()) return mismatch(schema, node, path);
        return kept(schema, node, path);
    }

    Node string(const Schema& schema, const Node& node, const std::string& path) {
        if (!node.is_text()) {
            const bool scalar = node.is_boolean() || node.is_integer() || node.is_real();
            report(schema, node, path,
                   "expected " + expectation(schema) + ", found " + found(schema, node) +
                       (scalar && node.source().reference.empty() ? " (in quotes it would be text)" : ""));
            return node.with(Node::Unresolved{});
        }
        const std::string& text = node.as_text();
        if (!schema.format.empty() && !matches_format(schema.format, text)) return mismatch(schema, node, path);
        return kept(schema, node, path);
    }

    Node array(const Schema& schema, const Node& node, const std::string& path) {
        const bool single = schema.one_or_many && !node.is_list() && !node.is_map() && !node.is_null();
        if (!single && !node.is_list()) return mismatch(schema, node, path);
        const Node::List written = single ? Node::List{node} : node.items();
        Node::List items;
        for (const Node& item : written) {
            const std::string here = single ? path : path + "[" + std::to_string(items.size()) + "]";
            items.push_back(schema.items != nullptr ? check(*schema.items, item, here) : item);
        }
        const std::string has = "has " + counted(items.size(), "item") + ", ";
        if (items.size() < schema.size_min)
            report(schema, node, path, has + "fewer than " + std::to_string(schema.size_min));
        if (items.size() > schema.size_max) report(schema, node, path, has + "more than " + std::to_string(schema.size_max));
        if (schema.unique) check_unique(schema, items, path);
        return kept(schema, Node(std::move(items), node.mark()), path);
    }

    void check_unique(const Schema& schema, const Node::List& items, const std::string& path) {
        std::vector<std::string> seen;
        for (const Node& item : items) {
            std::string text = to_json(item).dump();
            const auto first = std::find(seen.begin(), seen.end(), text);
            if (first != seen.end() && !item.is_unresolved()) {
                report(schema, item, path + "[" + std::to_string(seen.size()) + "]",
                       "repeats item [" + std::to_string(first - seen.begin()) + "]");
            }
            seen.push_back(std::move(text));
        }
    }

    Node object(const Schema& schema, const Node& node, const std::string& path) {
        if (!node.is_map() && !node.is_null()) return mismatch(schema, node, path);
        Node::Map members;
        if (node.is_map()) {
            for (const Node::Member& member : node.members())
                add_member(schema, member, path, members);
        }
        for (const Schema& property : schema.properties) {
            if (given(node, property.name)) continue;
            if (property.required) {
                report(property, node, join_path(path, property.name), "is missing");
            } else if (const auto value = completed(property)) {
                members.push_back({property.name, {}, *value});
            }
        }
        return kept(schema, Node(std::move(members), node.mark()), path);
    }

    // A reference that came out empty (`url: ${URL:-}`) leaves the key as if it were not there.
    static bool came_out_empty(const Node& node) { return node.is_null() && !node.source().reference.empty(); }
    static bool given(const Node& node, const std::string& key) {
        const Node* value = node.find(key);
        return value != nullptr && !came_out_empty(*value);
    }

    void add_member(const Schema& schema, const Node::Member& member, const std::string& path, Node::Map& members) {
        const std::string here = join_path(path, member.key);
        const Schema* property = schema.find(member.key);
        if (property == nullptr) property = schema.additional.get();
        if (property == nullptr) {
            const std::string owner = where_.owner.empty() ? "" : " (" + where_.owner + ")";
            const std::string hint = problems_.crowded() ? "" : did_you_mean(member.key, names_of(schema));
            problems_.add(member.mark, here, "unknown key" + hint + owner);
        } else if (!came_out_empty(member.value)) {
            members.push_back({member.key, member.mark, check(*property, member.value, here)});
        }
    }

    static std::vector<std::string> names_of(const Schema& schema) {
        std::vector<std::string> names;
        for (const Schema& property : schema.properties)
            names.push_back(property.name);
        return names;
    }

    // What an absent property becomes; nothing if it stays absent. Defaults were checked when the schema was read.
    std::optional<Node> completed(const Schema& schema) {
        if (schema.default_value) return check(schema, from_json(*schema.default_value), "");
        const auto required = [](const Schema& p) { return p.required; };
        const bool can_be_empty = schema.type == Type::Object && !schema.properties.empty() &&
                                  std::none_of(schema.properties.begin(), schema.properties.end(), required);
        if (!can_be_empty) return std::nullopt;
        return check(schema, Node(), "");
    }

    const Where& where_;
    Problems& problems_;
};

}  // namespace

Node validate(const Schema& schema, const Node& node, const Where& where, Problems& problems) {
    return Validator(where, problems).check(schema, node, where.path);
}

}  // namespace host::config
