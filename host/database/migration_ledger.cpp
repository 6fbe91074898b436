#include "host/database/migration_ledger.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "host/database/errors.hpp"

namespace host::database {

namespace {

// SOCI's exception as ours.
template <typename F>
auto translated(F&& use) {
    try {
        return use();
    } catch (const soci::postgresql_soci_error& error) {
        throw error_of(error.sqlstate(), error.get_error_message());
    } catch (const soci::soci_error& error) {
        throw core::Error{core::Code::Internal, error.get_error_message()};
    }
}

}  // namespace

bool MigrationLedger::exists() {
    return translated([&] {
        int found = 0;
        connection_.session()
            << "select cast(count(*) as integer) from pg_tables where schemaname = 'gantry' and tablename = 'migrations'",
            soci::into(found);
        return found == 1;
    });
}

void MigrationLedger::create() {
    if (exists()) return;
    translated([&] {
        connection_.session() << "create schema if not exists gantry";
        connection_.session() << "create table gantry.migrations ("
                                 " owner text not null, number integer not null, name text not null,"
                                 " sha256 text not null, applied_at timestamptz not null default now(),"
                                 " duration_ms integer not null, primary key (owner, number))";
    });
}

std::vector<MigrationLedger::Entry> MigrationLedger::entries(const std::string& owner) {
    return translated([&] {
        std::vector<Entry> result;
        Entry entry;
        soci::statement select = (connection_.session().prepare
                                      << "select number, name, sha256, to_char(applied_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                                         " from gantry.migrations where owner = :owner order by number",
                                  soci::into(entry.number), soci::into(entry.name), soci::into(entry.sha256),
                                  soci::into(entry.applied_at), soci::use(owner));
        for (bool more = select.execute(true); more; more = select.fetch())
            result.push_back(entry);
        return result;
    });
}

void MigrationLedger::record(const std::string& owner, const Migration& migration, std::chrono::milliseconds duration) {
    translated([&] {
        const int duration_ms = static_cast<int>(duration.count());
        connection_.session() << "insert into gantry.migrations (owner, number, name, sha256, duration_ms)"
                                 " values (:owner, :number, :name, :sha256, :duration)",
            soci::use(owner), soci::use(migration.number), soci::use(migration.name), soci::use(migration.sha256),
            soci::use(duration_ms);
    });
}

}  // namespace host::database
