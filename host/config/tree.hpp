#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace host::config {

// Where something was written. Lines and columns count from 1, columns count characters.
struct Mark {
    std::shared_ptr<const std::string>
        file;                // as the caller named it, or the name of an environment variable; null: a default
    std::uint32_t line = 0;  // 0: not in a file
    std::uint32_t column = 0;

    bool written() const { return file != nullptr; }
    bool in_file() const { return line > 0; }
    // "gantry.yaml:41:13", "GANTRY_LOG_LEVEL" or "default".
    std::string text() const;
};

// One value of a configuration, with its place. Never changed once built; a step of the reading makes a new tree.
class Node {
  public:
    struct Member;
    using List = std::vector<Node>;
    using Map = std::vector<Member>;  // in the order written; keys are unique

    // Stands for a value whose error has been reported already: everybody else passes over it.
    struct Unresolved {};
    using Value = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Map, Unresolved>;

    // What a scalar looked like in its source, for messages and for typing it again once its variables are known.
    struct Source {
        std::string text;
        bool quoted = false;
        std::string reference = {};  // "${NAME}" if the value came from there: it may be secret and is never shown
    };

    Node();
    Node(Value value, Mark mark);
    Node(Value value, Mark mark, Source source);

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    bool is_boolean() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_real() const { return std::holds_alternative<double>(value_); }
    bool is_text() const { return std::holds_alternative<std::string>(value_); }
    bool is_list() const { return std::holds_alternative<List>(value_); }
    bool is_map() const { return std::holds_alternative<Map>(value_); }
    bool is_unresolved() const { return std::holds_alternative<Unresolved>(value_); }

    // Each throws std::bad_variant_access for a value of another kind.
    bool as_boolean() const { return std::get<bool>(value_); }
    std::int64_t as_integer() const { return std::get<std::int64_t>(value_); }
    double as_real() const { return is_integer() ? static_cast<double>(as_integer()) : std::get<double>(value_); }
    const std::string& as_text() const { return std::get<std::string>(value_); }
    const List& items() const { return std::get<List>(value_); }
    const Map& members() const { return std::get<Map>(value_); }

    // The member of that name; null if there is none or this is no map.
    const Member* find_member(std::string_view key) const;
    const Node* find(std::string_view key) const;

    const Mark& mark() const { return mark_; }
    const Source& source() const { return source_; }
    const Value& value() const { return value_; }
    // The same place and source with another value.
    Node with(Value value) const;

  private:
    Value value_;  // null, unless a constructor says otherwise
    Mark mark_;
    Source source_;
};

struct Node::Member {
    std::string key;
    Mark mark;  // of the key
    Node value;
};

// Below, because they need a whole Member.
inline Node::Node() = default;
inline Node::Node(Value value, Mark mark) : value_(std::move(value)), mark_(std::move(mark)) {}
inline Node::Node(Value value, Mark mark, Source source)
    : value_(std::move(value)), mark_(std::move(mark)), source_(std::move(source)) {}
inline Node Node::with(Value value) const {
    return {std::move(value), mark_, source_};
}

// The value that stands at a path such as {"http", "cors", "origins"}; null if nothing does.
const Node* find_path(const Node& root, const std::vector<std::string>& path);
// "http.cors.origins" in its parts.
std::vector<std::string> split_path(std::string_view path);
// `path` with one more key behind it.
std::string join_path(std::string_view path, std::string_view key);

}  // namespace host::config
