#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/database/client.hpp"
#include "host/database/query.hpp"

namespace host::database {

// A statement of the host's own rooms, with its parameters in their order: `Statement("... $1 ... $2").text(a).integer(b)`.
class Statement {
  public:
    explicit Statement(std::string sql) { query_.sql = std::move(sql); }

    Statement& text(std::string_view value);
    Statement& optional_text(const std::optional<std::string>& value);  // nothing: NULL
    Statement& integer(std::int64_t value);
    Statement& optional_integer(std::optional<std::int64_t> value);
    Statement& boolean(bool value);
    Statement& bytes(std::string_view value);
    // Whole columns, for unnest($1::text[], ...).
    Statement& texts(const std::vector<std::string>& values);
    Statement& integers(const std::vector<std::int64_t>& values);
    Statement& byte_texts(const std::vector<std::string>& values);
    // May be repeated when the connection breaks: it has the same effect twice as once.
    Statement& idempotent();
    Statement& deadline(std::chrono::milliseconds time_max);
    Statement& within(std::uint64_t transaction);

    Query take() { return std::move(query_); }

  private:
    Query query_;
};

// Runs it and waits; throws what it failed with. Not on a thread of the database's.
Rows run(Client& client, Statement& statement);

// Cells of a result of the host's own statements, by position.
std::string text_at(const Rows& rows, std::size_t row, std::size_t column);      // also bytes; NULL is empty
std::int64_t integer_at(const Rows& rows, std::size_t row, std::size_t column);  // also bool and timestamps; NULL is 0
bool is_null_at(const Rows& rows, std::size_t row, std::size_t column);

}  // namespace host::database
