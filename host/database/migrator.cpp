#include "host/database/migrator.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/database/connection.hpp"
#include "host/database/connection_url.hpp"
#include "host/database/migration_files.hpp"
#include "host/database/migration_ledger.hpp"
#include "host/database/migration_lock.hpp"
#include "host/database/owner_schema.hpp"
#include "host/database/session_url.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;

namespace {

// Migrations may rewrite large tables; what bounds them is the administrator.
Bounds long_bounds() {
    return {Monotonic::now() + std::chrono::hours(24), 64 * 1024 * 1024};
}

std::string migrator_url(const Access& access) {
    return session_url(access.url, {std::chrono::seconds(5), {}, {}});
}

Error contradiction(const std::string& owner, int number, const std::string& what) {
    const std::string place = owner + "/" + std::to_string(number);
    return {Code::Conflict, "migration " + place + " " + what, place};
}

using Entries = std::vector<MigrationLedger::Entry>;

// History is only ever continued. Anything else means another branch, an older build or an edited file.
void check_history(const std::string& owner, const std::vector<Migration>& files, const Entries& entries) {
    if (entries.empty()) return;
    const int newest = entries.back().number;
    if (files.empty() || files.back().number < newest) {
        throw contradiction(owner, newest,
                            "was applied to this database, but the files end at " +
                                std::to_string(files.empty() ? 0 : files.back().number) +
                                ": the database is newer than this build");
    }
    std::map<int, const Migration*> by_number;
    for (const Migration& file : files)
        by_number[file.number] = &file;
    for (const auto& entry : entries) {
        const auto file = by_number.find(entry.number);
        if (file == by_number.end()) throw contradiction(owner, entry.number, "was applied, but its file is gone");
        if (file->second->sha256 != entry.sha256) {
            throw contradiction(owner, entry.number, "was edited after it was applied: undo the edit and add a new file");
        }
        by_number.erase(file);
    }
    if (!by_number.empty() && by_number.begin()->first < newest) {
        throw contradiction(
            owner, by_number.begin()->first,
            "comes before " + std::to_string(newest) + ", which is applied already: give it a higher number");
    }
}

// Runs one file on behalf of an owner.
class Run {
  public:
    Run(Connection& connection, const Owner& owner, const Migration& migration)
        : connection_(connection), owner_(owner), migration_(migration), bounds_(long_bounds()) {}

    void execute() {
        const auto begun = Monotonic::now();
        try {
            if (migration_.in_transaction) {
                in_transaction(begun);
            } else {
                alone(begun);
            }
        } catch (const Error&) {
            // A new session instead of a rollback: the script may have changed anything in this one.
            connection_.close();
            throw;
        }
    }

  private:
    void in_transaction(Monotonic::time_point begun) {
        connection_.command("begin; set local lock_timeout = '5s'", bounds_);
        connection_.command("set local role " + role() + "; set local search_path = " + search_path(), bounds_);
        const std::string before = standing();
        run_script();
        if (connection_.transaction() != Connection::Transaction::Open || standing() != before) throw left_its_frame();
        connection_.command("set local role none; set local search_path to default", bounds_);
        record(begun);
        connection_.command("commit", bounds_);
        connection_.command("reset role; reset all", bounds_);
    }

    void alone(Monotonic::time_point begun) {
        connection_.command("set lock_timeout = '5s'; set role " + role() + "; set search_path = " + search_path(), bounds_);
        const std::string before = current_user();
        run_script();
        if (connection_.transaction() != Connection::Transaction::None || current_user() != before) throw left_its_frame();
        connection_.command("reset role; reset all", bounds_);
        record(begun);
    }

    void run_script() {
        try {
            connection_.command(migration_.sql, bounds_);
        } catch (const Error& error) {
            std::string place = migration_.file.string();
            if (const auto position = connection_.fault_position()) {
                place += ":" + std::to_string(line_of(migration_.sql, *position));
            }
            throw Error{error.code(), place + ": " + error.what(), place, error.name()};
        }
    }

    void record(Monotonic::time_point begun) {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Monotonic::now() - begun);
        MigrationLedger(connection_).record(owner_.id, migration_, took);
    }

    // Who one is and in which transaction; the script must not change either.
    std::string standing() { return text("select current_user || ' ' || txid_current()"); }
    std::string current_user() { return text("select current_user::text"); }
    std::string text(const std::string& sql) {
        const Rows rows = connection_.run(sql, {}, bounds_);
        return {rows.cell(0, 0).as.text.data, rows.cell(0, 0).as.text.size};
    }

    Error left_its_frame() const {
        return {Code::InvalidArgument,
                migration_.file.string() +
                    " ends its transaction or changes its role, which a migration "
                    "must leave to the host; undo by hand what it has done",
                migration_.file.string()};
    }

    std::string role() const { return owner_.role.empty() ? "none" : quote_name(owner_.role); }
    std::string search_path() const { return quote_name(owner_.schema) + ", public"; }

    Connection& connection_;
    const Owner& owner_;
    const Migration& migration_;
    const Bounds bounds_;
};

}  // namespace

Migrator::Migrator(Access access, log::Logger logger, std::chrono::milliseconds lock_deadline)
    : access_(std::move(access)), logger_(std::move(logger)), lock_deadline_(lock_deadline) {}

std::size_t Migrator::apply(const std::string& owner_id, const std::filesystem::path& directory) const {
    const Owner owner = make_owner(owner_id, access_.roles);
    const auto files = read_migrations(directory);
    Connection connection(migrator_url(access_), logger_);
    connection.connect();
    const MigrationLock lock(connection, lock_deadline_);
    MigrationLedger ledger(connection);
    ledger.create();
    create_owner_schema(connection, owner, long_bounds());
    const auto entries = ledger.entries(owner.id);
    check_history(owner.id, files, entries);
    const int newest = entries.empty() ? -1 : entries.back().number;
    std::size_t count = 0;
    for (const Migration& migration : files) {
        if (migration.number <= newest) continue;
        Run(connection, owner, migration).execute();
        logger_.info("migration applied", {{"owner", owner.id}, {"file", migration.file.filename().string()}});
        ++count;
    }
    return count;
}

std::vector<MigrationState> Migrator::status(const std::string& owner, const std::filesystem::path& directory) const {
    std::map<int, MigrationState> states;
    const auto files = read_migrations(directory);
    Connection connection(migrator_url(access_), logger_);
    connection.connect();
    MigrationLedger ledger(connection);
    std::map<int, std::string> applied;
    for (const auto& entry : ledger.exists() ? ledger.entries(owner) : Entries{}) {
        applied[entry.number] = entry.sha256;
        states[entry.number] = {entry.number, entry.name, MigrationState::Kind::Missing, entry.applied_at};
    }
    for (const Migration& file : files) {
        const auto known = applied.find(file.number);
        MigrationState state{file.number, file.name, MigrationState::Kind::Pending, ""};
        if (known != applied.end()) {
            state.kind = known->second == file.sha256 ? MigrationState::Kind::Applied : MigrationState::Kind::Edited;
            state.applied_at = states[file.number].applied_at;
        }
        states[file.number] = state;
    }
    std::vector<MigrationState> result;
    for (auto& [number, state] : states)
        result.push_back(std::move(state));
    return result;
}

}  // namespace host::database
