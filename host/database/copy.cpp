#include "host/database/copy.hpp"

#include "host/core/error.hpp"
#include "host/database/connection_url.hpp"
#include "host/database/value.hpp"

namespace host::database {

namespace {

void append_escaped(std::string& line, const std::string& text) {
    for (const char character : text) {
        switch (character) {
            case '\\':
                line += "\\\\";
                break;
            case '\t':
                line += "\\t";
                break;
            case '\n':
                line += "\\n";
                break;
            case '\r':
                line += "\\r";
                break;
            default:
                line += character;
        }
    }
}

void append_bytes(std::string& line, const std::string& bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    line += "\\\\x";
    for (const unsigned char byte : bytes)
        line += {digits[byte >> 4], digits[byte & 15]};
}

void append_cell(std::string& line, const gantry_value& value) {
    const auto wire = wire_form(value);
    if (!wire) {
        line += "\\N";
    } else if (value.type == GANTRY_VALUE_BYTES) {
        append_bytes(line, *wire);
    } else {
        append_escaped(line, *wire);
    }
}

std::string text_of(const gantry_str& text) {
    return {text.data == nullptr ? "" : text.data, text.size};
}

}  // namespace

Copy make_copy(const gantry_copy& copy) {
    if (copy.columns_n == 0) throw core::Error{core::Code::InvalidArgument, "a copy names no columns"};
    Copy result;
    result.rows = copy.rows_n;
    result.transaction = copy.transaction;
    result.statement = "copy " + quote_name(text_of(copy.table)) + " (";
    for (std::uint32_t column = 0; column < copy.columns_n; ++column) {
        result.statement += (column == 0 ? "" : ", ") + quote_name(text_of(copy.columns[column]));
    }
    result.statement += ") from stdin";
    for (std::uint64_t row = 0; row < copy.rows_n; ++row) {
        for (std::uint32_t column = 0; column < copy.columns_n; ++column) {
            if (column != 0) result.text += '\t';
            append_cell(result.text, copy.cells[row * copy.columns_n + column]);
        }
        result.text += '\n';
    }
    return result;
}

}  // namespace host::database
