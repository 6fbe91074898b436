#include "host/jobs/submissions.hpp"

#include <set>
#include <utility>

#include "host/core/ids.hpp"
#include "host/database/statement.hpp"

namespace host::jobs {

using core::Code;
using core::Error;
using database::Statement;

Submissions::Submissions(database::Client& client, std::size_t queue_max)
    : group_(
          {.waiting_max = queue_max, .setting = "jobs.submit_queue_max"},
          [&client](const auto& batch, database::Completion done) { client.query(statement_for(*batch), std::move(done)); },
          [this](const auto& batch, database::Outcome& outcome) { finish(batch, outcome); }) {}

std::string Submissions::new_id() {
    return "job_" + core::sortable_id();
}

void Submissions::add(Draft draft, SubmitDone done) {
    const std::size_t bytes = draft.payload.size();
    group_.add({new_id(), std::move(draft), std::move(done)}, bytes);
}

// Repeating it changes nothing, since the ids are ours: what it finds written already it answers as written.
database::Query Submissions::statement_for(const std::vector<Waiting>& batch) {
    std::vector<std::string> ids, plugins, kinds, keys, payloads, principals;
    std::vector<std::int64_t> attempts, delays, deadlines;
    for (const Waiting& each : batch) {
        ids.push_back(each.id);
        plugins.push_back(each.draft.plugin);
        kinds.push_back(each.draft.kind);
        keys.push_back(each.draft.key);
        payloads.push_back(each.draft.payload);
        principals.push_back(each.draft.principal_id);
        attempts.push_back(each.draft.attempts_max);
        delays.push_back(each.draft.delay.count());
        deadlines.push_back(each.draft.deadline.count());
    }
    Statement statement(
        "with fresh as (insert into job (id, plugin, kind, key, payload, attempts_max, due_at, deadline_ms,"
        "  principal_id)"
        " select d.id, d.plugin, d.kind, nullif(d.key, ''), d.payload, d.attempts_max,"
        "  now() + d.delay_ms * interval '1 millisecond', d.deadline_ms, nullif(d.principal_id, '')"
        " from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::int[], $7::bigint[], $8::bigint[],"
        "  $9::text[]) as d(id, plugin, kind, key, payload, attempts_max, delay_ms, deadline_ms, principal_id)"
        " on conflict do nothing returning id)"
        " select id from fresh union all select id from job where id = any($1::text[])");
    statement.texts(ids).texts(plugins).texts(kinds).texts(keys).byte_texts(payloads).integers(attempts);
    return statement.integers(delays).integers(deadlines).texts(principals).idempotent().take();
}

void Submissions::finish(const std::vector<Waiting>& batch, const database::Outcome& outcome) {
    std::set<std::string> written;
    if (!outcome.error) {
        for (std::size_t row = 0; row < outcome.rows.size(); ++row)
            written.insert(database::text_at(outcome.rows, row, 0));
    }
    written_ += written.size();
    for (const Waiting& each : batch) {
        Submitted result{each.id, outcome.error};
        if (!outcome.error && written.count(each.id) == 0)
            result.error = Error{Code::Conflict, "a job of kind " + each.draft.kind + " with this key waits or runs"};
        each.done(result);
    }
}

database::Query Submissions::within_transaction(const Draft& draft, const std::string& id, std::uint64_t transaction) {
    Statement statement("select gantry.job_submit($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    statement.text(id).text(draft.plugin).text(draft.kind).text(draft.key).bytes(draft.payload);
    statement.integer(draft.attempts_max).integer(draft.delay.count()).integer(draft.deadline.count());
    statement.text(draft.principal_id);
    return statement.within(transaction).take();
}

}  // namespace host::jobs
