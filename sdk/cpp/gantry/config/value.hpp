#pragma once

// How each type of setting stands in JSON Schema, and how it is read.

#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <gantry/config/duration.hpp>
#include <gantry/error.hpp>
#include <gantry/json.hpp>

namespace gantry {

template <typename Config>
class Schema;

namespace detail {

// A struct of settings: one that declares itself.
template <typename T>
concept Declared = requires(Schema<T>& schema) {
    T::schema(schema);
};

template <typename T>
inline constexpr bool is_duration = false;
template <typename Count, typename Period>
inline constexpr bool is_duration<std::chrono::duration<Count, Period>> = true;

template <typename T>
inline constexpr bool is_list = false;
template <typename Item>
inline constexpr bool is_list<std::vector<Item>> = true;

template <typename T>
inline constexpr bool is_optional = false;
template <typename Item>
inline constexpr bool is_optional<std::optional<Item>> = true;

[[noreturn]] inline void refuse_setting(const std::string& pointer, const std::string& message) {
    throw Error(Status::Invalid, message).code("INVALID_SETTING").where(pointer);
}

template <typename T>
Json schema_of() {
    if constexpr (is_optional<T>) {
        return schema_of<typename T::value_type>();
    } else if constexpr (Declared<T>) {
        return Schema<T>().json();
    } else if constexpr (is_list<T>) {
        return Json::object({{"type", "array"}, {"items", schema_of<typename T::value_type>()}});
    } else if constexpr (is_duration<T>) {
        return Json::object({{"type", "string"}, {"format", "duration"}});
    } else if constexpr (std::same_as<T, bool>) {
        return Json::object({{"type", "boolean"}});
    } else if constexpr (std::integral<T>) {
        return Json::object({{"type", "integer"}});
    } else if constexpr (std::floating_point<T>) {
        return Json::object({{"type", "number"}});
    } else {
        static_assert(std::same_as<T, std::string>, "a setting is text, a bool, a number, a duration, a list or a struct");
        return Json::object({{"type", "string"}});
    }
}

// The default as the schema states it; null: it states none.
template <typename T>
Json default_of(const T& value) {
    if constexpr (is_optional<T>) {
        return value ? default_of(*value) : Json();
    } else if constexpr (Declared<T>) {
        return Json();  // its own fields state theirs
    } else if constexpr (is_list<T>) {
        Json list = Json::array();
        for (const auto& item : value)
            list.push(default_of<typename T::value_type>(item));
        return list;
    } else if constexpr (is_duration<T>) {
        return format_duration(std::chrono::duration_cast<std::chrono::nanoseconds>(value));
    } else {
        return Json(value);
    }
}

// Throws Error that names the place. The host has checked the types against the schema; ranges of C++ types it cannot.
template <typename T>
void read_setting(T& out, const Json& value, const std::string& pointer) {
    if constexpr (is_optional<T>) {
        read_setting(out.emplace(), value, pointer);
    } else if constexpr (Declared<T>) {
        Schema<T>().bind(out, value, pointer);
    } else if constexpr (is_list<T>) {
        if (!value.is_array()) refuse_setting(pointer, "expected a list");
        out.clear();
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            typename T::value_type item{};
            read_setting(item, value.items()[i], pointer + "/" + std::to_string(i));
            out.push_back(std::move(item));
        }
    } else if constexpr (is_duration<T>) {
        const auto duration = value.is_string() ? parse_duration(value.as_string()) : std::nullopt;
        if (!duration) refuse_setting(pointer, "expected a duration like 30s, 5m or 250ms");
        out = std::chrono::duration_cast<T>(*duration);
        if (out != *duration) refuse_setting(pointer, "the duration is finer than this setting can be");
    } else if constexpr (std::same_as<T, bool>) {
        if (!value.is_bool()) refuse_setting(pointer, "expected true or false");
        out = value.as_bool();
    } else if constexpr (std::integral<T>) {
        if (!value.is_integer()) refuse_setting(pointer, "expected a whole number");
        if (!std::in_range<T>(value.as_integer())) {
            refuse_setting(pointer, std::to_string(value.as_integer()) + " does not fit this setting");
        }
        out = static_cast<T>(value.as_integer());
    } else if constexpr (std::floating_point<T>) {
        if (!value.is_number()) refuse_setting(pointer, "expected a number");
        out = static_cast<T>(value.as_number());
    } else {
        if (!value.is_string()) refuse_setting(pointer, "expected text");
        out = value.as_string();
    }
}

}  // namespace detail

}  // namespace gantry
