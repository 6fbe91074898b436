#include "host/jobs/jobs.hpp"

#include <algorithm>
#include <utility>

#include "host/database/statement.hpp"

namespace host::jobs {

using core::Code;
using core::Error;

Jobs::Jobs(Settings settings, database::Database& database, core::ThreadPool& pool, log::Logger logger)
    : settings_(settings),
      database_(database),
      foreman_(settings_, floor_, std::move(logger)),
      floor_(settings_, pool, [this] { foreman_.wake(); }) {}

Jobs::~Jobs() {
    stop();
}

void Jobs::start() {
    client_ = database_.client("gantry");
    submissions_.emplace(*client_, settings_.submit_queue_max);
    admin_.emplace(*client_, [this](const auto& plugin, const auto& kind) { return floor_.attempts_max(plugin, kind); });
    subscription_ = database_.listener().listen("gantry_job", [this](const std::string& told) { foreman_.hear(told); });
    // Whoever else worked on the host's own server has died with it.
    foreman_.start(*client_, database_.is_private());
}

bool Jobs::drain(std::chrono::steady_clock::time_point deadline) {
    floor_.close();
    return floor_.wait_idle(deadline);
}

void Jobs::stop() {
    floor_.close();
    subscription_.reset();
    foreman_.stop();
    if (client_) client_->abandon();
}

void Jobs::activate(WorkerPointer worker) {
    floor_.activate(worker);
    foreman_.declare(std::move(worker));
}

void Jobs::retire(const WorkerPointer& worker) {
    foreman_.withdraw(worker);
    floor_.retire(*worker);
}

void Jobs::abandon(const WorkerPointer& worker) {
    retire(worker);
    floor_.abandon(*worker);
}

Draft Jobs::completed(Draft draft) const {
    check(draft, settings_.payload_bytes_max);
    if (draft.attempts_max == 0) draft.attempts_max = floor_.attempts_max(draft.plugin, draft.kind);
    draft.attempts_max = std::min(draft.attempts_max, attempts_most);
    return draft;
}

void Jobs::submit(Draft draft, SubmitDone done) {
    if (!submissions_) throw Error{Code::Unavailable, "jobs are not served yet"};
    submissions_->add(completed(std::move(draft)), std::move(done));
}

void Jobs::cancel(const std::string& plugin, const std::string& id, std::function<void(const Error*)> done) {
    if (!client_) throw Error{Code::Unavailable, "jobs are not served yet"};
    database::Statement statement(
        "with known as (select id, state from job where id = $1 and plugin = $2), changed as (update job set"
        "  state = case state when 0 then 4 else state end, finished_at = case state when 0 then now() end,"
        "  cancel_asked = state = 1 where id = $1 and plugin = $2 and state < 2 returning id)"
        " select (select count(*) from known), (select count(*) from changed), (select count(pg_notify('gantry_job', 'cancel'))"
        " from changed)");
    statement.text(id).text(plugin).idempotent();
    client_->query(statement.take(), [done = std::move(done), id](database::Outcome&& outcome) {
        std::optional<Error> error = outcome.error;
        if (!error && database::integer_at(outcome.rows, 0, 0) == 0)
            error.emplace(Code::NotFound, "there is no job " + id);
        else if (!error && database::integer_at(outcome.rows, 0, 1) == 0)
            error.emplace(Code::Conflict, "job " + id + " is over already");
        done(error ? &*error : nullptr);
    });
}

Counts Jobs::counts() const {
    Counts counts;
    counts.submitted = submissions_ ? submissions_->written() : 0;
    foreman_.count(counts);
    const FloorCounts floor = floor_.counts();
    counts.running = floor.running;
    counts.claimed_ahead = floor.waiting;
    return counts;
}

}  // namespace host::jobs
