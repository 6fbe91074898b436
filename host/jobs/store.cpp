#include "host/jobs/store.hpp"

#include <unistd.h>

#include <array>

#include "host/database/statement.hpp"

namespace host::jobs {

using database::integer_at;
using database::is_null_at;
using database::Rows;
using database::run;
using database::Statement;
using database::text_at;

namespace {

std::string machine_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return std::string(name.data()) + ":" + std::to_string(getpid());
}

// $1 to $8: what has ended. $9: this host. $10 to $12: what is wanted.
const std::string step_sql =
    "with written as ("
    " update job set state = e.state, attempt = job.attempt - e.uncounted, host = null, cancel_asked = false,"
    "  due_at = case when e.state = 0 then now() + e.delay_ms * interval '1 millisecond' else due_at end,"
    "  finished_at = case when e.state >= 2 then now() end,"
    "  error_code = coalesce(nullif(e.code, ''), error_code), error = coalesce(nullif(e.message, ''), error)"
    " from unnest($1::text[], $2::bigint[], $3::int[], $4::smallint[], $5::int[], $6::bigint[], $7::text[], $8::text[])"
    "  as e(id, host, attempt, state, uncounted, delay_ms, code, message)"
    " where job.id = e.id and job.host = e.host and job.attempt = e.attempt and job.state = 1 returning 1"
    "), wanted as materialized ("
    " select * from unnest($10::text[], $11::text[], $12::int[]) as w(plugin, kind, room)"
    // A host that was buried may not know it yet: what it claimed now would be taken from it while it runs.
    "  where exists (select from job_host where id = $9)"
    "), claimed as ("
    " update job set state = 1, attempt = attempt + 1, host = $9, started_at = now(),"
    "  progress_permille = 0, progress_note = ''"
    " from (select picked.id from wanted w, lateral (select j.id from job j"
    "   where j.plugin = w.plugin and j.kind = w.kind and j.state = 0 and j.due_at <= now()"
    "   order by j.due_at, j.id limit w.room for update skip locked) picked) p"
    " where job.id = p.id"
    " returning job.id, plugin, kind, key, payload, attempt, attempts_max, deadline_ms, scheduled_for, due_at,"
    "  principal_id"
    ") select (select count(*) from written),"
    " (select ceil(extract(epoch from min(d.due_at) - now()) * 1000)::bigint from wanted w, lateral ("
    "   select j.due_at from job j where j.plugin = w.plugin and j.kind = w.kind and j.state = 0 and j.due_at > now()"
    "   order by j.due_at, j.id limit 1) d),"
    " c.id, c.plugin, c.kind, c.key, c.payload, c.attempt, c.attempts_max, c.deadline_ms, c.scheduled_for,"
    " coalesce(c.principal_id, '')"
    " from (select) one left join claimed c on true order by c.due_at, c.id";

// As whole columns: $1 to $8.
void add(Statement& statement, const std::vector<Verdict>& verdicts) {
    std::vector<std::string> ids, codes, errors;
    std::vector<std::int64_t> hosts, attempts, states, uncounted, delays;
    for (const Verdict& verdict : verdicts) {
        ids.push_back(verdict.id);
        hosts.push_back(verdict.host);
        attempts.push_back(verdict.attempt);
        states.push_back(static_cast<std::int64_t>(verdict.state));
        uncounted.push_back(verdict.counts ? 0 : 1);
        delays.push_back(verdict.delay.count());
        codes.push_back(verdict.error_code);
        errors.push_back(verdict.error);
    }
    statement.texts(ids).integers(hosts).integers(attempts).integers(states).integers(uncounted).integers(delays);
    statement.texts(codes).texts(errors);
}

// $10 to $12.
void add(Statement& statement, const std::vector<Want>& wants) {
    std::vector<std::string> plugins, kinds;
    std::vector<std::int64_t> rooms;
    for (const Want& want : wants) {
        plugins.push_back(want.plugin);
        kinds.push_back(want.kind);
        rooms.push_back(static_cast<std::int64_t>(want.room));
    }
    statement.texts(plugins).texts(kinds).integers(rooms);
}

Claimed claimed_at(const Rows& rows, std::size_t row, std::int64_t host) {
    Claimed job;
    job.id = text_at(rows, row, 2);
    job.plugin = text_at(rows, row, 3);
    job.kind = text_at(rows, row, 4);
    job.key = text_at(rows, row, 5);
    job.payload = text_at(rows, row, 6);
    job.attempt = static_cast<std::uint32_t>(integer_at(rows, row, 7));
    job.attempts_max = static_cast<std::uint32_t>(integer_at(rows, row, 8));
    job.deadline = std::chrono::milliseconds(integer_at(rows, row, 9));
    job.scheduled_for_us = integer_at(rows, row, 10);
    job.principal_id = text_at(rows, row, 11);
    job.host = host;
    return job;
}

}  // namespace

std::int64_t Store::register_host(std::chrono::milliseconds lease) {
    Statement statement(
        "insert into job_host (name, lease_until) values ($1, now() + $2 * interval '1 millisecond') returning id");
    statement.text(machine_name()).integer(lease.count());
    return integer_at(run(client_, statement), 0, 0);
}

bool Store::renew_lease(std::int64_t host, std::chrono::milliseconds lease) {
    // Whether it has ended by the wall clock does not matter: it is lost when another host has buried this one.
    Statement statement("update job_host set lease_until = now() + $2 * interval '1 millisecond' where id = $1");
    statement.integer(host).integer(lease.count()).idempotent();
    return run(client_, statement).affected() == 1;
}

void Store::end_leases_but(std::int64_t host) {
    Statement statement("delete from job_host where id <> $1");
    statement.integer(host).idempotent();
    run(client_, statement);
}

void Store::end_lease(std::int64_t host) {
    Statement statement("delete from job_host where id = $1");
    statement.integer(host).idempotent();
    run(client_, statement);
}

std::vector<core::Heartbeat> Store::heartbeats_but(std::int64_t host) {
    Statement statement("select id::text, lease_until, lease_until < now() from job_host where id <> $1");
    const Rows rows = run(client_, statement.integer(host).idempotent());
    std::vector<core::Heartbeat> beats;
    for (std::size_t row = 0; row < rows.size(); ++row)
        beats.push_back({text_at(rows, row, 0), integer_at(rows, row, 1), integer_at(rows, row, 2) != 0});
    return beats;
}

void Store::bury(const std::vector<core::Heartbeat>& silent) {
    std::vector<std::string> hosts;
    std::vector<std::int64_t> beats;
    for (const core::Heartbeat& each : silent) {
        hosts.push_back(each.of);
        beats.push_back(each.lease_until_us);
    }
    // One that has spoken meanwhile lives.
    Statement statement(
        "delete from job_host h using unnest($1::text[], $2::bigint[]) as s(id, beat)"
        " where h.id = s.id::bigint and h.lease_until = timestamptz 'epoch' + s.beat * interval '1 microsecond'");
    run(client_, statement.texts(hosts).integers(beats).idempotent());
}

void Store::wait_less() {
    Statement statement(
        "update job set due_at = now() + greatest(due_at - created_at, interval '0'), created_at = now()"
        " where state = 0 and created_at > now()");
    run(client_, statement.idempotent());
}

std::size_t Store::take_back_from_dead() {
    Statement statement(
        "update job set state = case when cancel_asked then 4 when attempt >= attempts_max then 3 else 0 end,"
        " finished_at = case when cancel_asked or attempt >= attempts_max then now() end, due_at = now(), host = null,"
        " error_code = 'INTERRUPTED', error = 'the host that ran it ended'"
        " where state = 1 and not exists (select from job_host where id = job.host)");
    return run(client_, statement.idempotent()).affected();
}

void Store::tell_of_waiting() {
    Statement statement("select pg_notify('gantry_job', '')");
    run(client_, statement.idempotent());
}

void Store::give_up_unknown(std::int64_t host, const std::vector<std::string>& known) {
    Statement statement(
        "update job set state = 0, attempt = attempt - 1, host = null where state = 1 and host = $1 and id <> all($2::text[])");
    statement.integer(host).texts(known).idempotent();
    run(client_, statement);
}

Store::Step Store::step(std::int64_t host, const std::vector<Verdict>& verdicts, const std::vector<Want>& wants) {
    Statement statement(step_sql);
    add(statement, verdicts);
    statement.integer(host);
    add(statement, wants);
    const Rows rows = run(client_, statement);
    Step step;
    step.written = static_cast<std::size_t>(integer_at(rows, 0, 0));
    if (!is_null_at(rows, 0, 1)) step.next_due = std::chrono::milliseconds(integer_at(rows, 0, 1));
    for (std::size_t row = 0; row < rows.size() && !is_null_at(rows, row, 2); ++row)
        step.claimed.push_back(claimed_at(rows, row, host));
    return step;
}

void Store::write_progress(std::int64_t host, const std::vector<Progress>& progress) {
    std::vector<std::string> ids, notes;
    std::vector<std::int64_t> permilles;
    for (const Progress& each : progress) {
        ids.push_back(each.job);
        permilles.push_back(each.permille);
        notes.push_back(each.note);
    }
    Statement statement(
        "update job set progress_permille = p.permille, progress_note = p.note"
        " from unnest($2::text[], $3::int[], $4::text[]) as p(id, permille, note)"
        " where job.id = p.id and job.host = $1 and job.state = 1");
    statement.integer(host).texts(ids).integers(permilles).texts(notes).idempotent();
    run(client_, statement);
}

std::set<std::string> Store::asked_to_cancel(std::int64_t host) {
    Statement statement("select id from job where state = 1 and host = $1 and cancel_asked");
    const Rows rows = run(client_, statement.integer(host).idempotent());
    std::set<std::string> ids;
    for (std::size_t row = 0; row < rows.size(); ++row)
        ids.insert(text_at(rows, row, 0));
    return ids;
}

std::size_t Store::clean(std::chrono::milliseconds keep_done, std::chrono::milliseconds keep_failed) {
    Statement statement(
        "delete from job where id in (select id from job where state >= 2"
        " and finished_at < now() - least($1::bigint, $2::bigint) * interval '1 millisecond'"
        " and finished_at < now() - case when state = 2 then $1 else $2 end * interval '1 millisecond'"
        " order by finished_at limit 10000)");
    statement.integer(keep_done.count()).integer(keep_failed.count()).idempotent();
    return run(client_, statement).affected();
}

}  // namespace host::jobs
