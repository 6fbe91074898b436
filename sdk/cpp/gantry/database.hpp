#pragma once

#include <string_view>

#include <gantry/database/transaction.hpp>
#include <gantry/host.hpp>

namespace gantry {

// The plugin's own schema. Statements run as its role, so `note` is its table `note`:
//
//     gantry::Rows rows = co_await database.query("select title from note where id = $1", id);
//
// The same with .get() waits, on a blocking route or a thread of one's own. Failures throw DatabaseError. A handle,
// cheap to copy, for any thread.
class Database {
  public:
    // Throws Error if the host has no database for this plugin.
    explicit Database(Host host)
        : handle_{&host.context(), detail::service<gantry_database>(host.context().host, GANTRY_DATABASE)} {}

    // One statement, with $1, $2, ... for the parameters; a transaction of its own.
    template <typename... Parameters>
    Query<Parameters...> query(std::string_view sql, const Parameters&... parameters) const {
        return Query<Parameters...>(handle_, 0, sql, parameters...);
    }

    Begin begin(Isolation isolation = Isolation::ReadCommitted, Access access = Access::ReadWrite) const {
        return Begin(handle_, isolation, access);
    }

    // Sends the rows with COPY, far faster than one INSERT each; answers how many.
    CopyIn copy_in(std::string_view table, const CopyRows& rows) const { return CopyIn(handle_, 0, table, rows); }

  private:
    DatabaseHandle handle_;
};

}  // namespace gantry
