#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gantry/abi/database.h>
#include <gantry/database/array.hpp>
#include <gantry/database/values.hpp>
#include <gantry/json.hpp>
#include <gantry/text.hpp>

namespace gantry {

class Row;

// The result of a statement, copied out of the host's memory. Rows and text views refer into it.
class Rows {
  public:
    class Iterator;

    Rows() = default;
    explicit Rows(const gantry_rows& rows);

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    // Rows inserted, updated, deleted or copied; for a SELECT, size().
    std::uint64_t affected() const { return affected_; }

    Row operator[](std::size_t index) const;
    // The first row, if there is one.
    std::optional<Row> first() const;
    Iterator begin() const;
    Iterator end() const;

  private:
    friend class Row;

    // Copies a text or bytes cell to the end of text_, which has been reserved and never moves.
    const char* keep(const void* data, std::size_t size) {
        const std::size_t offset = text_.size();
        if (size > 0) text_.insert(text_.end(), static_cast<const char*>(data), static_cast<const char*>(data) + size);
        return text_.data() + offset;
    }

    std::vector<std::string> names_;
    std::vector<gantry_value> cells_;
    std::vector<char> text_;
    std::size_t size_ = 0;
    std::uint64_t affected_ = 0;
};

// One row; borrows its Rows.
class Row {
  public:
    Row(const Rows& rows, std::size_t index) : rows_(&rows), first_(index * rows.names_.size()) {}

    // The cell as a T: std::int64_t and smaller, double, bool, std::string, std::string_view, Bytes, Timestamp, Json, Uuid,
    // Numeric, std::vector<std::string>, or std::optional of these for what may be NULL. A wrong name or type is a
    // mistake of the plugin: std::logic_error that names the column.
    template <typename T>
    T get(std::string_view column) const {
        for (std::size_t i = 0; i < rows_->names_.size(); ++i) {
            if (rows_->names_[i] == column) return get<T>(i);
        }
        throw std::logic_error("the result has no column " + std::string(column));
    }
    template <typename T>
    T get(std::size_t column) const;

  private:
    template <typename T>
    T convert(const gantry_value& cell, std::size_t column) const;
    [[noreturn]] void mismatch(std::size_t column, const char* wanted) const {
        throw std::logic_error("column " + rows_->names_[column] + " is not " + wanted);
    }

    const Rows* rows_;
    std::size_t first_;
};

class Rows::Iterator {
  public:
    Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

  private:
    const Rows* rows_;
    std::size_t index_;
};

inline Row Rows::operator[](std::size_t index) const {
    return Row(*this, index);
}
inline std::optional<Row> Rows::first() const {
    return empty() ? std::nullopt : std::optional<Row>((*this)[0]);
}
inline Rows::Iterator Rows::begin() const {
    return Iterator(*this, 0);
}
inline Rows::Iterator Rows::end() const {
    return Iterator(*this, size_);
}

namespace detail {

enum class CellKind { Plain, Text, Bytes };

inline CellKind kind_of(std::uint32_t type) {
    switch (type) {
        case GANTRY_VALUE_NULL:
        case GANTRY_VALUE_BOOL:
        case GANTRY_VALUE_INTEGER:
        case GANTRY_VALUE_REAL:
        case GANTRY_VALUE_TIMESTAMP:
            return CellKind::Plain;
        case GANTRY_VALUE_BYTES:
            return CellKind::Bytes;
        default:
            return CellKind::Text;
    }
}

template <typename T>
inline constexpr bool is_optional_cell = false;
template <typename T>
inline constexpr bool is_optional_cell<std::optional<T>> = true;

}  // namespace detail

inline Rows::Rows(const gantry_rows& rows) : size_(rows.rows_n), affected_(rows.affected) {
    names_.reserve(rows.columns_n);
    for (std::uint32_t i = 0; i < rows.columns_n; ++i)
        names_.emplace_back(view(rows.columns[i].name));
    const std::size_t count = size_ * names_.size();
    if (count == 0) return;
    cells_.assign(rows.cells, rows.cells + count);
    std::size_t bytes = 0;
    for (const gantry_value& cell : cells_) {
        const detail::CellKind kind = detail::kind_of(cell.type);
        if (kind != detail::CellKind::Plain)
            bytes += kind == detail::CellKind::Text ? cell.as.text.size : cell.as.bytes.size;
    }
    text_.reserve(bytes);
    for (gantry_value& cell : cells_) {
        const detail::CellKind kind = detail::kind_of(cell.type);
        if (kind == detail::CellKind::Text) cell.as.text.data = keep(cell.as.text.data, cell.as.text.size);
        if (kind == detail::CellKind::Bytes) cell.as.bytes.data = keep(cell.as.bytes.data, cell.as.bytes.size);
    }
}

template <typename T>
T Row::get(std::size_t column) const {
    if (column >= rows_->names_.size()) throw std::logic_error("the result has no column " + std::to_string(column));
    const gantry_value& cell = rows_->cells_[first_ + column];
    if constexpr (detail::is_optional_cell<T>) {
        if (cell.type == GANTRY_VALUE_NULL) return std::nullopt;
        return convert<typename T::value_type>(cell, column);
    } else {
        if (cell.type == GANTRY_VALUE_NULL)
            throw std::logic_error("column " + rows_->names_[column] + " is null: read it as std::optional");
        return convert<T>(cell, column);
    }
}

template <typename T>
T Row::convert(const gantry_value& cell, std::size_t column) const {
    const bool is_text = detail::kind_of(cell.type) == detail::CellKind::Text;
    if constexpr (std::is_same_v<T, bool>) {
        if (cell.type != GANTRY_VALUE_BOOL) mismatch(column, "a bool");
        return cell.as.integer != 0;
    } else if constexpr (std::is_integral_v<T>) {
        if (cell.type != GANTRY_VALUE_INTEGER || !std::in_range<T>(cell.as.integer))
            mismatch(column, "an integer of that size");
        return static_cast<T>(cell.as.integer);
    } else if constexpr (std::is_floating_point_v<T>) {
        if (cell.type == GANTRY_VALUE_INTEGER) return static_cast<T>(cell.as.integer);
        if (cell.type != GANTRY_VALUE_REAL) mismatch(column, "a floating point number");
        return static_cast<T>(cell.as.real);
    } else if constexpr (std::is_same_v<T, Bytes>) {
        if (cell.type != GANTRY_VALUE_BYTES) mismatch(column, "bytes");
        return Bytes{std::string(view(cell.as.bytes))};
    } else if constexpr (std::is_same_v<T, Timestamp>) {
        if (cell.type != GANTRY_VALUE_TIMESTAMP) mismatch(column, "a timestamp");
        return Timestamp{cell.as.integer};
    } else {
        if (!is_text) mismatch(column, "text");
        const std::string_view text = view(cell.as.text);
        if constexpr (std::is_same_v<T, Json>) {
            return Json::parse(text);
        } else if constexpr (std::is_same_v<T, Uuid> || std::is_same_v<T, Numeric>) {
            return T{std::string(text)};
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            std::vector<std::string> items;
            for (auto& item : detail::ArrayReader(text).read()) {
                if (!item) mismatch(column, "an array without NULL");
                items.push_back(std::move(*item));
            }
            return items;
        } else {
            static_assert(std::is_constructible_v<T, std::string_view>, "no cell can be read as this type");
            return T(text);
        }
    }
}

}  // namespace gantry
