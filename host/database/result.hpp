#pragma once

#include <libpq-fe.h>

#include <memory>

// Owners of libpq's two objects. For this room's own files: no other room sees libpq.
namespace host::database {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

using ResultHandle = std::unique_ptr<PGresult, ClearResult>;
using ConnectionHandle = std::unique_ptr<PGconn, CloseConnection>;

}  // namespace host::database
