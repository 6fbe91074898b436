#include "host/config/rules.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/config/formats.hpp"
#include "host/config/nearest.hpp"
#include "host/config/text.hpp"
#include "host/config/view.hpp"

namespace host::config {

namespace {

using gantry::Json;
using Type = Schema::Type;
using Messages = std::vector<std::string>;

// std::regex recurses once a character and can take exponential time; what is matched stays short.
constexpr std::size_t pattern_subject_bytes_max = 512;

std::string written_number(const Schema& schema, long double number) {
    constexpr long double integers_end = 0x1p63L;
    if (number >= -integers_end && number < integers_end && std::trunc(number) == number) {
        const auto integer = static_cast<std::int64_t>(number);
        if (schema.format == "duration" && integer >= 0) return write_duration(integer);
        if (schema.format == "bytes" && integer >= 0) return write_bytes(integer);
        return std::to_string(integer);
    }
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, static_cast<double>(number)).ptr};
}

void check_allowed(const Schema& schema, const Node& node, Messages& broken) {
    if (schema.allowed.empty()) return;
    if (std::count(schema.allowed.begin(), schema.allowed.end(), to_json(node)) > 0) return;
    std::vector<std::string> names;
    std::string list;
    for (const Json& value : schema.allowed) {
        names.push_back(value.is_string() ? value.as_string() : value.dump());
        list += (list.empty() ? "" : ", ") + names.back();
    }
    const bool visible = node.is_text() && !schema.secret && node.source().reference.empty();
    const std::string hint = visible ? did_you_mean(node.as_text(), names) : "";
    const std::string wanted = (names.size() > 1 ? "expected one of " : "expected ") + list;
    broken.push_back(wanted + ", found " + found(schema, node) + hint);
}

void check_bounds(const Schema& schema, const Node& node, Messages& broken) {
    const long double value = node.is_integer() ? static_cast<long double>(node.as_integer()) : node.as_real();
    const auto complain = [&](const std::string& relation, long double bound) {
        broken.push_back(found(schema, node) + " is " + relation + " " + written_number(schema, bound));
    };
    if (const auto bound = schema.minimum; bound && value < *bound) complain("less than", *bound);
    if (const auto bound = schema.maximum; bound && value > *bound) complain("more than", *bound);
    if (const auto bound = schema.exclusive_minimum; bound && value <= *bound) complain("not more than", *bound);
    if (const auto bound = schema.exclusive_maximum; bound && value >= *bound) complain("not less than", *bound);
}

void check_length(const Schema& schema, const Node& node, Messages& broken) {
    const std::size_t length = characters(node.as_text());
    const std::string has = found(schema, node) + " has " + counted(length, "character") + ", ";
    if (length < schema.size_min) broken.push_back(has + "fewer than " + std::to_string(schema.size_min));
    if (length > schema.size_max) broken.push_back(has + "more than " + std::to_string(schema.size_max));
}

void check_pattern(const Schema& schema, const Node& node, Messages& broken) {
    if (schema.expression == nullptr) return;
    const std::string& text = node.as_text();
    if (text.size() > pattern_subject_bytes_max) {
        broken.push_back(found(schema, node) + " is longer than " + std::to_string(pattern_subject_bytes_max) + " bytes");
    } else if (!std::regex_search(text, *schema.expression)) {
        broken.push_back(found(schema, node) + " does not match " + schema.pattern);
    }
}

}  // namespace

bool has_quantity(const Schema& schema) {
    return schema.type == Type::Integer && !schema.format.empty();
}

std::string expectation(const Schema& schema) {
    switch (schema.type) {
        case Type::Boolean:
            return "true or false";
        case Type::Integer:
            return has_quantity(schema) ? format_expectation(schema.format) : "an integer";
        case Type::Number:
            return "a number";
        case Type::String:
            return schema.format.empty() ? "text" : format_expectation(schema.format);
        case Type::Array:
            return "a list";
        case Type::Object:
            return "a map of settings";
        case Type::Any:
            break;
    }
    return "a value";
}

std::string found(const Schema& schema, const Node& node) {
    if (!node.source().reference.empty()) return "the value of " + node.source().reference;
    if (node.is_null()) return "nothing";
    if (node.is_list()) return "a list";
    if (node.is_map()) return "a map";
    if (schema.secret) return "a value that is not shown here";
    return node.source().quoted ? "\"" + shown(node.source().text) + "\"" : shown(node.source().text);
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::vector<std::string> broken_rules(const Schema& schema, const Node& node) {
    Messages broken;
    if (node.is_integer() || node.is_real()) check_bounds(schema, node, broken);
    if (node.is_text()) {
        check_length(schema, node, broken);
        check_pattern(schema, node, broken);
    }
    check_allowed(schema, node, broken);
    return broken;
}

}  // namespace host::config
