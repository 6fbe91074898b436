#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include <gantry/json.hpp>

namespace host::config {

// What a value may be: a subset of JSON Schema, read once and then used by validate().
//
//   any type   type, title, description, default, enum, const, $schema, $comment,
//              x-secret or writeOnly (no message shows the value)
//   integer    minimum, maximum, exclusiveMinimum, exclusiveMaximum, format: duration | bytes
//   number     minimum, maximum, exclusiveMinimum, exclusiveMaximum
//   string     minLength, maxLength (characters), pattern (ECMAScript, found anywhere unless anchored), format (formats.hpp)
//   array      items, minItems, maxItems, uniqueItems, x-one-or-many (a single item may stand for a list of one)
//   object     properties, required, additionalProperties. Absent, it is false: a mistyped key must not pass in silence.
// Every schema but an empty one names its type. A keyword not in this list is refused, never ignored.
struct Schema {
    enum class Type { Any, Boolean, Integer, Number, String, Array, Object };

    // Throws core::Error InvalidArgument; where() is the JSON pointer of the fault, the message begins with it. A default
    // must satisfy its own schema.
    static Schema parse(const gantry::Json& document);

    std::string name;  // of the property it describes
    bool required = false;

    Type type = Type::Any;
    std::string title;
    std::string description;
    std::string format;
    bool secret = false;
    std::optional<gantry::Json> default_value;
    std::vector<gantry::Json> allowed;  // of enum or const; empty: all

    // A long double holds every 64-bit integer and every double exactly.
    std::optional<long double> minimum;
    std::optional<long double> maximum;
    std::optional<long double> exclusive_minimum;
    std::optional<long double> exclusive_maximum;

    std::size_t size_min = 0;  // of lengths and items
    std::size_t size_max = std::numeric_limits<std::size_t>::max();
    std::string pattern;
    std::shared_ptr<const std::regex> expression;

    bool unique = false;
    bool one_or_many = false;
    std::shared_ptr<const Schema> items;  // null: any
    std::vector<Schema> properties;
    std::shared_ptr<const Schema> additional;  // null: no other keys

    const Schema* find(std::string_view property) const;
};

}  // namespace host::config
