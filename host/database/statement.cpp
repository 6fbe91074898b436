#include "host/database/statement.hpp"

#include <future>
#include <memory>
#include <utility>

namespace host::database {

namespace {

gantry_value value_of(std::uint32_t type, std::int64_t integer) {
    gantry_value value{};
    value.type = type;
    value.as.integer = integer;
    return value;
}

gantry_value value_of(std::uint32_t type, std::string_view text) {
    gantry_value value{};
    value.type = type;
    if (type == GANTRY_VALUE_BYTES) {
        value.as.bytes = {text.data(), text.size()};
    } else {
        value.as.text = {text.data(), text.size()};
    }
    return value;
}

// As an element of an array literal.
void append_quoted(std::string& literal, std::string_view text) {
    literal += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') literal += '\\';
        literal += c;
    }
    literal += '"';
}

template <typename Values, typename Append>
std::string literal_of(const Values& values, Append append) {
    std::string literal = "{";
    for (const auto& value : values) {
        if (literal.size() > 1) literal += ',';
        append(literal, value);
    }
    return literal += '}';
}

}  // namespace

Statement& Statement::text(std::string_view value) {
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_TEXT, value));
    return *this;
}
Statement& Statement::optional_text(const std::optional<std::string>& value) {
    if (value) return text(*value);
    query_.parameters.emplace_back(gantry_value{});
    return *this;
}
Statement& Statement::integer(std::int64_t value) {
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_INTEGER, value));
    return *this;
}
Statement& Statement::optional_integer(std::optional<std::int64_t> value) {
    if (value) return integer(*value);
    query_.parameters.emplace_back(gantry_value{});
    return *this;
}
Statement& Statement::boolean(bool value) {
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_BOOL, value ? 1 : 0));
    return *this;
}
Statement& Statement::bytes(std::string_view value) {
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_BYTES, value));
    return *this;
}

Statement& Statement::texts(const std::vector<std::string>& values) {
    const std::string literal =
        literal_of(values, [](std::string& out, const std::string& value) { append_quoted(out, value); });
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_ARRAY, literal));
    return *this;
}
Statement& Statement::integers(const std::vector<std::int64_t>& values) {
    const std::string literal =
        literal_of(values, [](std::string& out, std::int64_t value) { out += std::to_string(value); });
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_ARRAY, literal));
    return *this;
}
Statement& Statement::byte_texts(const std::vector<std::string>& values) {
    const std::string literal = literal_of(values, [](std::string& out, const std::string& value) {
        constexpr char digits[] = "0123456789abcdef";
        out += "\"\\\\x";
        for (const char c : value) {
            const auto byte = static_cast<unsigned char>(c);
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
        out += '"';
    });
    query_.parameters.emplace_back(value_of(GANTRY_VALUE_ARRAY, literal));
    return *this;
}

Statement& Statement::idempotent() {
    query_.idempotent = true;
    return *this;
}
Statement& Statement::deadline(std::chrono::milliseconds time_max) {
    query_.deadline = time_max;
    return *this;
}
Statement& Statement::within(std::uint64_t transaction) {
    query_.transaction = transaction;
    return *this;
}

Rows run(Client& client, Statement& statement) {
    const auto answer = std::make_shared<std::promise<Outcome>>();
    auto outcome = answer->get_future();
    client.query(statement.take(), [answer](Outcome&& result) { answer->set_value(std::move(result)); });
    Outcome result = outcome.get();
    if (result.error) throw core::Error(*result.error);
    return std::move(result.rows);
}

std::string text_at(const Rows& rows, std::size_t row, std::size_t column) {
    const gantry_value& cell = rows.cell(row, column);
    if (cell.type == GANTRY_VALUE_NULL) return {};
    if (cell.type == GANTRY_VALUE_BYTES) {
        return cell.as.bytes.size == 0 ? std::string()
                                       : std::string(static_cast<const char*>(cell.as.bytes.data), cell.as.bytes.size);
    }
    return {cell.as.text.data == nullptr ? "" : cell.as.text.data, cell.as.text.size};
}

std::int64_t integer_at(const Rows& rows, std::size_t row, std::size_t column) {
    const gantry_value& cell = rows.cell(row, column);
    return cell.type == GANTRY_VALUE_NULL ? 0 : cell.as.integer;
}

bool is_null_at(const Rows& rows, std::size_t row, std::size_t column) {
    return rows.cell(row, column).type == GANTRY_VALUE_NULL;
}

}  // namespace host::database
