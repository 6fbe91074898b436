#include "host/database/rows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "host/database/timestamp.hpp"

namespace host::database {

namespace {

// The types with a value of their own, by their fixed ids in pg_type. Every other type is TEXT.
std::uint32_t value_type_of(Oid oid) {
    switch (oid) {
        case 16:
            return GANTRY_VALUE_BOOL;
        case 20:  // int8
        case 21:  // int2
        case 23:  // int4
        case 26:  // oid
            return GANTRY_VALUE_INTEGER;
        case 700:  // float4
        case 701:  // float8
            return GANTRY_VALUE_REAL;
        case 17:
            return GANTRY_VALUE_BYTES;
        case 114:   // json
        case 3802:  // jsonb
            return GANTRY_VALUE_JSON;
        case 1700:
            return GANTRY_VALUE_NUMERIC;
        case 1184:  // timestamptz; a timestamp without zone is no moment in time and stays TEXT
            return GANTRY_VALUE_TIMESTAMP;
        case 2950:
            return GANTRY_VALUE_UUID;
        case 143:   // xml
        case 199:   // json
        case 651:   // cidr
        case 1000:  // bool
        case 1001:  // bytea
        case 1002:  // "char"
        case 1003:  // name
        case 1005:  // int2
        case 1007:  // int4
        case 1009:  // text
        case 1014:  // char
        case 1015:  // varchar
        case 1016:  // int8
        case 1021:  // float4
        case 1022:  // float8
        case 1028:  // oid
        case 1041:  // inet
        case 1115:  // timestamp
        case 1182:  // date
        case 1183:  // time
        case 1185:  // timestamptz
        case 1187:  // interval
        case 1231:  // numeric
        case 1270:  // timetz
        case 2951:  // uuid
        case 3807:  // jsonb
            return GANTRY_VALUE_ARRAY;
        default:
            return GANTRY_VALUE_TEXT;
    }
}

gantry_value text_value(std::uint32_t type, std::string_view text) {
    gantry_value value{};
    value.type = type;
    value.as.text = {text.data(), text.size()};
    return value;
}

gantry_value integer_value(std::uint32_t type, std::int64_t integer) {
    gantry_value value{};
    value.type = type;
    value.as.integer = integer;
    return value;
}

gantry_value parse_integer(std::string_view text) {
    std::int64_t integer = 0;
    std::from_chars(text.data(), text.data() + text.size(), integer);
    return integer_value(GANTRY_VALUE_INTEGER, integer);
}

int nibble(char digit) {
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

// "\x0aff", the only form the host's connections ask for.
std::string decode_bytes(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
        bytes += static_cast<char>(nibble(text[i]) << 4 | nibble(text[i + 1]));
    }
    return bytes;
}

}  // namespace

void Rows::Clear::operator()(PGresult* result) const {
    PQclear(result);
}

Rows::Rows() : view_{sizeof(gantry_rows), 0, 0, 0, nullptr, nullptr} {}

Rows::Rows(PGresult* result) : Rows() {
    result_.reset(result);
    decode();
}

Rows Rows::of_count(std::uint64_t affected) {
    Rows rows;
    rows.view_.affected = affected;
    return rows;
}

Rows::~Rows() = default;
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;

bool Rows::are_of_data() const {
    if (!result_) return false;
    const std::string_view tag = PQcmdStatus(result_.get());
    const std::string_view command = tag.substr(0, tag.find(' '));
    return command == "SELECT" || command == "INSERT" || command == "UPDATE" || command == "DELETE" || command == "MERGE";
}

const gantry_value& Rows::cell(std::size_t row, std::size_t column) const {
    return cells_.at(row * columns_.size() + column);
}

void Rows::decode() {
    const PGresult* result = result_.get();
    const int rows = PQntuples(result), columns = PQnfields(result);
    columns_.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
        const char* name = PQfname(result, column);
        const Oid oid = PQftype(result, column);
        columns_.push_back({{name, std::strlen(name)}, value_type_of(oid), oid});
    }
    const auto is_bytes = [](const gantry_column& column) { return column.type == GANTRY_VALUE_BYTES; };
    // Reserved in full, since cells point into these texts.
    bytes_.reserve(static_cast<std::size_t>(rows) *
                   static_cast<std::size_t>(std::count_if(columns_.begin(), columns_.end(), is_bytes)));
    cells_.reserve(static_cast<std::size_t>(rows) * columns_.size());
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column)
            cells_.push_back(decode_cell(row, column));
    }
    view_.columns_n = static_cast<std::uint32_t>(columns);
    view_.rows_n = static_cast<std::uint64_t>(rows);
    view_.affected = std::strtoull(PQcmdTuples(result_.get()), nullptr, 10);
    view_.columns = columns_.data();
    view_.cells = cells_.data();
}

gantry_value Rows::decode_cell(int row, int column) {
    const PGresult* result = result_.get();
    if (PQgetisnull(result, row, column) != 0) return gantry_value{};
    const std::string_view text(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
    const std::uint32_t type = columns_[static_cast<std::size_t>(column)].type;
    switch (type) {
        case GANTRY_VALUE_BOOL:
            return integer_value(type, text == "t" ? 1 : 0);
        case GANTRY_VALUE_INTEGER:
            return parse_integer(text);
        case GANTRY_VALUE_REAL: {
            gantry_value value{};
            value.type = type;
            value.as.real = std::strtod(text.data(), nullptr);  // libpq ends each value with a NUL
            return value;
        }
        case GANTRY_VALUE_BYTES: {
            const std::string& bytes = bytes_.emplace_back(decode_bytes(text));
            gantry_value value{};
            value.type = type;
            value.as.bytes = {bytes.data(), bytes.size()};
            return value;
        }
        case GANTRY_VALUE_TIMESTAMP:
            // A cell that 64 bits of microseconds cannot hold keeps its text, and says so by its own type.
            if (const auto moment = parse_timestamp(text)) return integer_value(type, *moment);
            return text_value(GANTRY_VALUE_TEXT, text);
        default:
            return text_value(type, text);
    }
}

}  // namespace host::database
