#include "host/database/migration_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"

namespace host::database {

using core::Code;
using core::Error;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view no_transaction_mark = "-- gantry:no-transaction";

// "0001_what_it_does"
bool is_well_named(const std::string& name) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_allowed = [&](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; };
    return name.size() > 5 && std::all_of(name.begin(), name.begin() + 4, is_digit) && name[4] == '_' &&
           std::all_of(name.begin() + 5, name.end(), is_allowed);
}

Migration read_migration(const fs::path& file) {
    const std::string name = file.stem().string();
    if (!is_well_named(name)) {
        throw Error{Code::InvalidArgument, "migration " + file.string() + " must be called NNNN_what_it_does.sql",
                    file.string()};
    }
    std::ifstream stream(file, std::ios::binary);
    std::string sql((std::istreambuf_iterator<char>(stream)), {});
    if (!stream) throw Error{Code::Unavailable, "cannot read migration " + file.string(), file.string()};
    const bool in_transaction = sql.compare(0, no_transaction_mark.size(), no_transaction_mark) != 0;
    std::string hash = core::sha256_hex(sql);
    return {std::stoi(name.substr(0, 4)), name.substr(5), file, std::move(sql), std::move(hash), in_transaction};
}

}  // namespace

std::vector<Migration> read_migrations(const fs::path& directory) {
    std::vector<Migration> migrations;
    std::error_code failure;
    for (fs::directory_iterator entry(directory, failure), end; !failure && entry != end; entry.increment(failure)) {
        if (entry->path().extension() == ".sql") migrations.push_back(read_migration(entry->path()));
    }
    const bool absent = failure == std::errc::no_such_file_or_directory;
    if (failure && !absent)
        throw Error{Code::Unavailable, "cannot read " + directory.string() + ": " + failure.message(), directory.string()};
    std::sort(migrations.begin(), migrations.end(),
              [](const Migration& a, const Migration& b) { return a.number < b.number; });
    const auto twice = std::adjacent_find(migrations.begin(), migrations.end(),
                                          [](const Migration& a, const Migration& b) { return a.number == b.number; });
    if (twice == migrations.end()) return migrations;
    throw Error{Code::InvalidArgument,
                "migrations " + twice->file.string() + " and " + std::next(twice)->file.string() + " have the same number",
                twice->file.string()};
}

std::size_t line_of(const std::string& text, std::size_t character) {
    std::size_t line = 1, seen = 1;
    for (std::size_t i = 0; i < text.size() && seen < character; ++i) {
        const bool continues = i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xC0) == 0x80;
        if (text[i] == '\n') ++line;
        if (!continues) ++seen;
    }
    return line;
}

}  // namespace host::database
