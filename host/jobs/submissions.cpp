#include "host/jobs/submissions.hpp"

#include <memory>
#include <set>
#include <utility>

#include "host/core/ids.hpp"
#include "host/database/statement.hpp"

namespace host::jobs {

using core::Code;
using core::Error;
using database::Statement;

namespace {

constexpr std::size_t batch_max = 512;
constexpr std::size_t batch_bytes_max = 4 * 1024 * 1024;
// A second statement is prepared while the first waits for the disk.
constexpr std::size_t under_way_max = 2;

}  // namespace

std::string Submissions::new_id() {
    return "job_" + core::sortable_id();
}

void Submissions::add(Draft draft, SubmitDone done) {
    const auto batch = std::make_shared<Batch>();
    {
        std::lock_guard lock(mutex_);
        if (waiting_.size() >= queue_max_) {
            Error full{Code::Busy, "too many submitted jobs wait to be written (jobs.submit_queue_max)"};
            throw full.mark_retryable();
        }
        waiting_.push_back({new_id(), std::move(draft), std::move(done)});
        if (under_way_ >= under_way_max) return;
        // Whoever ends leaves nothing waiting, so this one is alone, and a refusal is its own.
        *batch = next_batch();
        ++under_way_;
    }
    try {
        send(batch);
    } catch (const Error&) {
        std::lock_guard lock(mutex_);
        --under_way_;
        throw;
    }
}

// Under the lock.
Submissions::Batch Submissions::next_batch() {
    Batch batch;
    std::size_t bytes = 0;
    while (!waiting_.empty() && batch.size() < batch_max && bytes < batch_bytes_max) {
        bytes += waiting_.front().draft.payload.size();
        batch.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return batch;
}

// Repeating it changes nothing, since the ids are ours: what it finds written already it answers as written.
void Submissions::send(const std::shared_ptr<Batch>& batch) {
    std::vector<std::string> ids, plugins, kinds, keys, payloads;
    std::vector<std::int64_t> attempts, delays, deadlines;
    for (const Waiting& each : *batch) {
        ids.push_back(each.id);
        plugins.push_back(each.draft.plugin);
        kinds.push_back(each.draft.kind);
        keys.push_back(each.draft.key);
        payloads.push_back(each.draft.payload);
        attempts.push_back(each.draft.attempts_max);
        delays.push_back(each.draft.delay.count());
        deadlines.push_back(each.draft.deadline.count());
    }
    Statement statement(
        "with fresh as (insert into job (id, plugin, kind, key, payload, attempts_max, due_at, deadline_ms)"
        " select d.id, d.plugin, d.kind, nullif(d.key, ''), d.payload, d.attempts_max,"
        "  now() + d.delay_ms * interval '1 millisecond', d.deadline_ms"
        " from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::int[], $7::bigint[], $8::bigint[])"
        "  as d(id, plugin, kind, key, payload, attempts_max, delay_ms, deadline_ms)"
        " on conflict do nothing returning id)"
        " select id from fresh union all select id from job where id = any($1::text[])");
    statement.texts(ids).texts(plugins).texts(kinds).texts(keys).byte_texts(payloads).integers(attempts);
    statement.integers(delays).integers(deadlines).idempotent();
    client_.query(statement.take(), [this, batch](database::Outcome&& outcome) { finish(*batch, outcome); });
}

void Submissions::finish(const Batch& batch, database::Outcome& outcome) {
    std::set<std::string> written;
    if (!outcome.error) {
        for (std::size_t row = 0; row < outcome.rows.size(); ++row)
            written.insert(database::text_at(outcome.rows, row, 0));
    }
    written_ += written.size();
    const auto next = std::make_shared<Batch>();
    {
        std::lock_guard lock(mutex_);
        *next = next_batch();
        if (next->empty()) --under_way_;
    }
    try {
        if (!next->empty()) send(next);
    } catch (const Error& error) {
        database::Outcome refused;
        refused.error = error;
        finish(*next, refused);
    }
    for (const Waiting& each : batch) {
        Submitted result{each.id, outcome.error};
        if (!outcome.error && written.count(each.id) == 0)
            result.error = Error{Code::Conflict, "a job of kind " + each.draft.kind + " with this key waits or runs"};
        each.done(result);
    }
}

database::Query Submissions::within_transaction(const Draft& draft, const std::string& id, std::uint64_t transaction) {
    Statement statement("select gantry.job_submit($1, $2, $3, $4, $5, $6, $7, $8)");
    statement.text(id).text(draft.plugin).text(draft.kind);
    statement.text(draft.key).bytes(draft.payload).integer(draft.attempts_max);
    statement.integer(draft.delay.count()).integer(draft.deadline.count()).within(transaction);
    return statement.take();
}

}  // namespace host::jobs
