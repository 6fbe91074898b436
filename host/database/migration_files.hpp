#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace host::database {

// One file NNNN_what_it_does.sql.
struct Migration {
    int number;
    std::string name;  // "what_it_does"
    std::filesystem::path file;
    std::string sql;
    std::string sha256;
    bool in_transaction;  // false: its first line is "-- gantry:no-transaction", for CREATE INDEX CONCURRENTLY
};

// By number, gaps allowed; none if there is no such folder. Throws InvalidArgument for a file that is called otherwise
// and for two with one number.
std::vector<Migration> read_migrations(const std::filesystem::path& directory);

// The line of a character (both from 1) of UTF-8 text.
std::size_t line_of(const std::string& text, std::size_t character);

}  // namespace host::database
