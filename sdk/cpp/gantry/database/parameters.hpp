#pragma once

// C++ values to the ABI's SQL values.

#include <concepts>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gantry/abi/base.h>
#include <gantry/database/array.hpp>
#include <gantry/database/values.hpp>
#include <gantry/error.hpp>
#include <gantry/text.hpp>

namespace gantry {

namespace detail {

inline gantry_value integer_value(std::uint32_t type, std::int64_t number) {
    gantry_value value{};
    value.type = type;
    value.as.integer = number;
    return value;
}

inline gantry_value text_value(std::uint32_t type, std::string_view text) {
    gantry_value value{};
    value.type = type;
    value.as.text = str(text);
    return value;
}

template <typename T>
inline constexpr bool is_optional_parameter = false;
template <typename T>
inline constexpr bool is_optional_parameter<std::optional<T>> = true;

// Borrows `given`, or `scratch` where the value must first be written as text.
template <typename T>
gantry_value to_value(const T& given, std::string& scratch) {
    if constexpr (std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t>) {
        return gantry_value{};
    } else if constexpr (is_optional_parameter<T>) {
        return given ? to_value(*given, scratch) : gantry_value{};
    } else if constexpr (std::same_as<T, bool>) {
        return integer_value(GANTRY_VALUE_BOOL, given ? 1 : 0);
    } else if constexpr (std::integral<T>) {
        if (!std::in_range<std::int64_t>(given)) throw Error(Status::Invalid, "a number is too large for the database");
        return integer_value(GANTRY_VALUE_INTEGER, static_cast<std::int64_t>(given));
    } else if constexpr (std::floating_point<T>) {
        gantry_value value{};
        value.type = GANTRY_VALUE_REAL;
        value.as.real = given;
        return value;
    } else if constexpr (std::same_as<T, Bytes>) {
        gantry_value value{};
        value.type = GANTRY_VALUE_BYTES;
        value.as.bytes = {given.data.data(), given.data.size()};
        return value;
    } else if constexpr (std::same_as<T, Timestamp>) {
        return integer_value(GANTRY_VALUE_TIMESTAMP, given.microseconds);
    } else if constexpr (std::same_as<T, Numeric>) {
        return text_value(GANTRY_VALUE_NUMERIC, given.text);
    } else if constexpr (std::same_as<T, Uuid>) {
        return text_value(GANTRY_VALUE_UUID, given.text);
    } else if constexpr (std::same_as<T, Json>) {
        scratch = given.dump();
        return text_value(GANTRY_VALUE_JSON, scratch);
    } else if constexpr (std::same_as<T, std::vector<std::string>>) {
        scratch = array_literal(given);
        return text_value(GANTRY_VALUE_ARRAY, scratch);
    } else {
        static_assert(std::convertible_to<const T&, std::string_view>, "no SQL type stands for this C++ type");
        return text_value(GANTRY_VALUE_TEXT, std::string_view(given));
    }
}

}  // namespace detail

// Many rows for one table: `gantry::CopyRows rows({"title", "body"}); rows.add("a", "b");`. Owns what it is given.
class CopyRows {
  public:
    explicit CopyRows(std::vector<std::string> columns) : columns_(std::move(columns)) {}
    CopyRows(CopyRows&&) = default;
    CopyRows& operator=(CopyRows&&) = default;

    template <typename... Values>
    void add(const Values&... values) {
        if (sizeof...(values) != columns_.size()) throw std::logic_error("a row to copy has another number of columns");
        (add_cell(values), ...);
    }

    const std::vector<std::string>& columns() const { return columns_; }
    const std::vector<gantry_value>& cells() const { return cells_; }
    std::size_t size() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }

  private:
    template <typename Value>
    void add_cell(const Value& given) {
        std::string scratch;
        gantry_value value = detail::to_value(given, scratch);
        switch (value.type) {
            case GANTRY_VALUE_NULL:
            case GANTRY_VALUE_BOOL:
            case GANTRY_VALUE_INTEGER:
            case GANTRY_VALUE_REAL:
            case GANTRY_VALUE_TIMESTAMP:
                break;
            case GANTRY_VALUE_BYTES: {
                const std::string& kept = texts_.emplace_back(view(value.as.bytes));
                value.as.bytes = {kept.data(), kept.size()};
                break;
            }
            default:
                value.as.text = str(texts_.emplace_back(view(value.as.text)));
        }
        cells_.push_back(value);
    }

    std::vector<std::string> columns_;
    std::vector<gantry_value> cells_;
    std::deque<std::string> texts_;  // a deque: what cells_ points to must not move
};

}  // namespace gantry
