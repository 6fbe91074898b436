#include "host/database/migration_lock.hpp"

#include <string>
#include <thread>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;

namespace {

const std::string key = "hashtextextended('gantry.migrations', 0)";

Bounds short_bounds() {
    return {Monotonic::now() + std::chrono::seconds(10), 1024 * 1024};
}

std::string holder(Connection& connection) {
    const Rows rows = connection.run(
        "select a.application_name || ', server process ' || a.pid from pg_locks l join pg_stat_activity a using (pid)"
        " where l.locktype = 'advisory' and l.granted and l.objsubid = 1"
        " and l.database = (select oid from pg_database where datname = current_database())"
        " and ((l.classid::bigint << 32) | l.objid::bigint) = " +
            key,
        {}, short_bounds());
    if (rows.size() == 0 || rows.cell(0, 0).type != GANTRY_VALUE_TEXT) return "another session";
    return {rows.cell(0, 0).as.text.data, rows.cell(0, 0).as.text.size};
}

}  // namespace

// Asked for again and again rather than waited for: a session that waits inside a statement holds a snapshot, and the
// holder's CREATE INDEX CONCURRENTLY would wait for that snapshot in turn.
MigrationLock::MigrationLock(Connection& connection, std::chrono::milliseconds wait_max) : connection_(connection) {
    const auto until = Monotonic::now() + wait_max;
    while (connection.run("select pg_try_advisory_lock(" + key + ")", {}, short_bounds()).cell(0, 0).as.integer == 0) {
        if (Monotonic::now() >= until) {
            Error busy{Code::Busy, "another host migrates this database (" + holder(connection) + ")"};
            throw busy.mark_retryable();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
}

MigrationLock::~MigrationLock() {
    try {
        connection_.command("select pg_advisory_unlock(" + key + ")", short_bounds());
    } catch (const Error&) {
        connection_.close();  // the server lets go of the lock with the session
    }
}

}  // namespace host::database
