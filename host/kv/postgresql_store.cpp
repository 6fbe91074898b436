#include "host/kv/postgresql_store.hpp"

#include "host/database/owner.hpp"
#include "host/kv/counter_text.hpp"

namespace host::kv {

namespace {

using core::Code;
using core::Error;

constexpr const char* get_sql =
    "select value, version from kv_entry where owner = $1 and key = $2 and (expires_at is null or expires_at > now())";

// $3 value, $4 ttl; an entry whose time is up counts as absent.
constexpr const char* put_sql =
    "insert into kv_entry as e (owner, key, value, version, expires_at) values ($1, $2, $3, nextval('kv_version'), "
    "case when $4::bigint > 0 then now() + $4::bigint * interval '1 millisecond' end) "
    "on conflict (owner, key) do update "
    "set value = excluded.value, version = excluded.version, expires_at = excluded.expires_at returning version";

constexpr const char* put_absent_sql =
    "insert into kv_entry as e (owner, key, value, version, expires_at) values ($1, $2, $3, nextval('kv_version'), "
    "case when $4::bigint > 0 then now() + $4::bigint * interval '1 millisecond' end) "
    "on conflict (owner, key) do update "
    "set value = excluded.value, version = excluded.version, expires_at = excluded.expires_at "
    "where e.expires_at <= now() returning version";

constexpr const char* put_version_sql =
    "update kv_entry set value = $3, version = nextval('kv_version'), "
    "expires_at = case when $4::bigint > 0 then now() + $4::bigint * interval '1 millisecond' end "
    "where owner = $1 and key = $2 and version = $5 and (expires_at is null or expires_at > now()) returning version";

// Both parts see the table as it was before: what was removed, and whether there was anything.
constexpr const char* remove_sql =
    "with removed as (delete from kv_entry where owner = $1 and key = $2 and ($3::bigint = 0 or version = $3::bigint) "
    "and (expires_at is null or expires_at > now()) returning 1) "
    "select (select count(*) from removed), (select count(*) from kv_entry where owner = $1 and key = $2 "
    "and (expires_at is null or expires_at > now()))";

constexpr const char* add_sql =
    "insert into kv_entry as e (owner, key, value, version, expires_at) "
    "values ($1, $2, convert_to($3::bigint::text, 'UTF8'), nextval('kv_version'), "
    "case when $4::bigint > 0 then now() + $4::bigint * interval '1 millisecond' end) "
    "on conflict (owner, key) do update set version = excluded.version, "
    "value = case when e.expires_at <= now() then excluded.value "
    "else convert_to((convert_from(e.value, 'UTF8')::bigint + $3::bigint)::text, 'UTF8') end, "
    "expires_at = case when e.expires_at <= now() then excluded.expires_at else e.expires_at end "
    "returning convert_from(value, 'UTF8')::bigint, version";

constexpr const char* limit_sql = "select remaining, retry_after_ms from kv_limit($1, $2, $3, $4)";

constexpr const char* sweep_entries_sql =
    "delete from kv_entry where (owner, key) in (select owner, key from kv_entry where expires_at <= now() limit 2000 "
    "for update skip locked)";
constexpr const char* sweep_windows_sql =
    "delete from kv_window where (owner, key, window_ms) in (select owner, key, window_ms from kv_window "
    "where expires_at <= now() limit 2000 for update skip locked)";
// A sweep for so many writes.
constexpr std::uint64_t writes_of_sweep = 512;

database::Value text(std::string_view value) {
    gantry_value raw{};
    raw.type = GANTRY_VALUE_TEXT;
    raw.as.text = {value.data(), value.size()};
    return database::Value(raw);
}
database::Value bytes(std::string_view value) {
    gantry_value raw{};
    raw.type = GANTRY_VALUE_BYTES;
    raw.as.bytes = {value.data(), value.size()};
    return database::Value(raw);
}
database::Value integer(std::int64_t value) {
    gantry_value raw{};
    raw.type = GANTRY_VALUE_INTEGER;
    raw.as.integer = value;
    return database::Value(raw);
}
database::Value integer(std::uint64_t value) {
    return integer(static_cast<std::int64_t>(value));
}

database::Query put_query(const Request& request) {
    database::Query query;
    query.parameters = {text(request.owner), bytes(request.key), bytes(request.value), integer(request.ttl_ms)};
    if (request.if_version == 0) {
        query.sql = put_sql;
    } else if (request.if_version == only_if_absent) {
        query.sql = put_absent_sql;
    } else {
        query.sql = put_version_sql;
        query.parameters.push_back(integer(request.if_version));
    }
    return query;
}

database::Query query_of(const Request& request) {
    database::Query query;
    query.parameters = {text(request.owner), bytes(request.key)};
    switch (request.operation) {
        case Operation::Get:
            query.sql = get_sql;
            query.idempotent = true;
            break;
        case Operation::Put:
            return put_query(request);
        case Operation::Remove:
            query.sql = remove_sql;
            query.parameters.push_back(integer(request.if_version));
            break;
        case Operation::Add:
            query.sql = add_sql;
            query.parameters.push_back(integer(request.by));
            query.parameters.push_back(integer(request.ttl_ms));
            break;
        case Operation::Limit:
            query.sql = limit_sql;
            query.parameters.push_back(integer(request.limit));
            query.parameters.push_back(integer(request.window_ms));
            break;
    }
    return query;
}

std::uint64_t number(const database::Rows& rows, std::size_t column) {
    return static_cast<std::uint64_t>(rows.cell(0, column).as.integer);
}

Outcome limit_outcome(const database::Rows& rows) {
    const bool allowed = rows.cell(0, 0).type != GANTRY_VALUE_NULL;
    Outcome outcome = allowed ? Outcome() : failed(Code::Limit);
    if (allowed) outcome.remaining = number(rows, 0);
    outcome.retry_after_ms = number(rows, 1);
    return outcome;
}

Outcome outcome_of(Operation operation, const database::Rows& rows) {
    Outcome outcome;
    switch (operation) {
        case Operation::Get: {
            if (rows.size() == 0) return failed(Code::NotFound);
            const gantry_bytes value = rows.cell(0, 0).as.bytes;
            outcome.value.assign(static_cast<const char*>(value.data), value.size);
            outcome.version = number(rows, 1);
            return outcome;
        }
        case Operation::Put:
            if (rows.size() == 0) return failed(Code::Conflict);
            outcome.version = number(rows, 0);
            return outcome;
        case Operation::Remove:
            if (number(rows, 0) != 0) return outcome;
            return failed(number(rows, 1) != 0 ? Code::Conflict : Code::NotFound);
        case Operation::Add:
            outcome.sum = rows.cell(0, 0).as.integer;
            outcome.version = number(rows, 1);
            return outcome;
        case Operation::Limit:
            break;
    }
    return limit_outcome(rows);
}

// PostgreSQL's own words are for its log.
Outcome outcome_of(const Error& error) {
    if (error.name() == "SQLSTATE_22P02" || error.name() == "SQLSTATE_22021") return failed(Code::Conflict, no_counter);
    if (error.name() == "SQLSTATE_22003") return failed(Code::InvalidArgument, counter_overflow);
    if (error.code() == Code::Cancelled) return failed(Code::Cancelled, "the host is stopping");
    if (error.code() == Code::Busy) return failed(Code::Busy, "the database has too much to do");
    return failed(Code::Unavailable, "the database does not answer");
}

}  // namespace

PostgresqlStore::PostgresqlStore(const Settings& settings, database::Database& database)
    : database_(database), deadline_(settings.deadline) {}

PostgresqlStore::~PostgresqlStore() {
    stop();
}

void PostgresqlStore::start() {
    client_ = database_.client(database::host_owner);
}

void PostgresqlStore::stop() {
    if (client_ != nullptr) client_->abandon();
}

void PostgresqlStore::begin(const Request& request, Completion completion) {
    if (client_ == nullptr) throw Error{Code::Unavailable, "the database has not started"};
    database::Query query = query_of(request);
    query.deadline = deadline_;
    ++begun_;
    try {
        client_->query(std::move(query), [this, operation = request.operation,
                                          completion = std::move(completion)](database::Outcome&& result) {
            Outcome outcome = result.error ? outcome_of(*result.error) : outcome_of(operation, result.rows);
            const bool away = outcome.failure == Code::Unavailable;
            available_ = !away;
            if (away) ++failures_;
            if (operation == Operation::Get && outcome.failure == Code::NotFound) ++misses_;
            ++operations_;
            completion(std::move(outcome));
        });
    } catch (const Error&) {
        --begun_;
        ++failures_;
        throw;
    }
    if (request.operation != Operation::Get) sweep_now_and_then();
}

void PostgresqlStore::sweep_now_and_then() {
    if (begun_ % writes_of_sweep != 0) return;
    for (const char* sql : {sweep_entries_sql, sweep_windows_sql}) {
        database::Query query;
        query.sql = sql;
        try {
            client_->query(std::move(query), [](database::Outcome&&) {});
        } catch (const Error&) {
            return;  // too much to do: the next sweep will find it
        }
    }
}

Counts PostgresqlStore::counts() const {
    Counts counts;
    counts.operations = operations_;
    counts.misses = misses_;
    counts.failures = failures_;
    counts.waiting = begun_ - counts.operations;
    counts.available = available_;
    return counts;
}

}  // namespace host::kv
