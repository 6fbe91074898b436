#pragma once

#include <string>
#include <string_view>

#include <gantry/error.hpp>

namespace gantry {

// A database operation failed. what() is PostgreSQL's own text: it goes to the log. Uncaught, it becomes 409 for a
// duplicate key, 503 for connection trouble, 504 past a deadline and else 500, and the client never sees SQL.
class DatabaseError : public Error {
  public:
    DatabaseError(Status status, const std::string& message, std::string_view code, std::string constraint)
        : Error(status, message), sqlstate_(code.starts_with(prefix) ? code.substr(prefix.size()) : std::string_view()) {
        where(std::move(constraint));
    }

    // Five characters, "23505"; empty if the operation never reached PostgreSQL.
    const std::string& sqlstate() const noexcept { return sqlstate_; }
    // The name of the constraint that was violated, or empty.
    const std::string& constraint() const noexcept { return where(); }

    bool is_duplicate() const noexcept { return sqlstate_ == "23505"; }
    bool is_connection_trouble() const noexcept {
        // Class 08: connection exceptions; 57P0x: the server is shutting down or starting; 53300: too many clients.
        return status() == Status::Unavailable || status() == Status::Busy || sqlstate_.starts_with("08") ||
               sqlstate_.starts_with("57P0") || sqlstate_ == "53300";
    }

  private:
    static constexpr std::string_view prefix = "SQLSTATE_";
    std::string sqlstate_;
};

}  // namespace gantry
