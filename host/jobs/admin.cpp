#include "host/jobs/admin.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/core/ids.hpp"
#include "host/database/statement.hpp"
#include "host/jobs/cron.hpp"

namespace host::jobs {

using core::Code;
using core::Error;
using database::integer_at;
using database::is_null_at;
using database::Rows;
using database::run;
using database::Statement;
using database::text_at;

namespace {

constexpr std::array<const char*, 5> state_names = {"waiting", "running", "done", "dead", "cancelled"};
constexpr std::size_t page_max = 500;

// Without the payload, which may be large.
const std::string columns =
    "id, plugin, kind, coalesce(key, ''), state, attempt, attempts_max, due_at, created_at, started_at, finished_at,"
    " progress_permille, progress_note, cancel_asked, coalesce(schedule, ''), scheduled_for, coalesce(error_code, ''),"
    " coalesce(error, ''), octet_length(payload), coalesce(principal_id, '')";

Job job_at(const Rows& rows, std::size_t row) {
    Job job;
    job.id = text_at(rows, row, 0);
    job.plugin = text_at(rows, row, 1);
    job.kind = text_at(rows, row, 2);
    job.key = text_at(rows, row, 3);
    job.state = static_cast<State>(integer_at(rows, row, 4));
    job.attempt = static_cast<std::uint32_t>(integer_at(rows, row, 5));
    job.attempts_max = static_cast<std::uint32_t>(integer_at(rows, row, 6));
    job.due_at_us = integer_at(rows, row, 7);
    job.created_at_us = integer_at(rows, row, 8);
    job.started_at_us = integer_at(rows, row, 9);
    job.finished_at_us = integer_at(rows, row, 10);
    job.progress_permille = static_cast<std::uint32_t>(integer_at(rows, row, 11));
    job.progress_note = text_at(rows, row, 12);
    job.cancel_asked = integer_at(rows, row, 13) != 0;
    job.schedule = text_at(rows, row, 14);
    job.scheduled_for_us = integer_at(rows, row, 15);
    job.error_code = text_at(rows, row, 16);
    job.error = text_at(rows, row, 17);
    job.payload_bytes = static_cast<std::uint64_t>(integer_at(rows, row, 18));
    job.principal_id = text_at(rows, row, 19);
    return job;
}

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

ScheduleStatus schedule_at(const Rows& rows, std::size_t row) {
    ScheduleStatus status;
    status.plugin = text_at(rows, row, 0);
    status.name = text_at(rows, row, 1);
    status.kind = text_at(rows, row, 2);
    status.cron = text_at(rows, row, 3);
    status.time_zone = text_at(rows, row, 4);
    status.declared_cron = text_at(rows, row, 5);
    status.declared_time_zone = text_at(rows, row, 6);
    status.enabled = integer_at(rows, row, 7) != 0;
    status.next_at_us = integer_at(rows, row, 8);
    status.last_at_us = integer_at(rows, row, 9);
    return status;
}

const std::string schedule_columns =
    "plugin, name, kind, cron, time_zone, declared_cron, declared_time_zone, enabled, next_at, last_at";

Error no_schedule(const std::string& plugin, const std::string& name) {
    return {Code::NotFound, "there is no schedule " + plugin + "/" + name};
}

ScheduleStatus schedule_named(database::Client& client, const std::string& plugin, const std::string& name) {
    Statement statement("select " + schedule_columns + " from job_schedule where plugin = $1 and name = $2 and not retired");
    const Rows rows = run(client, statement.text(plugin).text(name).idempotent());
    if (rows.size() == 0) throw no_schedule(plugin, name);
    return schedule_at(rows, 0);
}

}  // namespace

std::string name_of(State state) {
    return state_names[static_cast<std::size_t>(state)];
}

std::optional<State> state_named(const std::string& name) {
    const auto found = std::find(state_names.begin(), state_names.end(), name);
    if (found == state_names.end()) return std::nullopt;
    return static_cast<State>(found - state_names.begin());
}

Page Admin::list(const Filter& filter) const {
    const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, page_max);
    if (!filter.cursor.empty() && !filter.cursor.starts_with("job_")) {
        throw Error{Code::InvalidArgument, "cursor is none that a page of jobs gave"};
    }
    Statement statement("select " + columns +
                        " from job where ($1::text is null or plugin = $1) and ($2::text is null or kind = $2)"
                        " and ($3::text is null or key = $3) and ($4::text is null or schedule = $4)"
                        " and ($5::smallint is null or state = $5) and ($6::text is null or id < $6)"
                        " order by id desc limit $7");
    statement.optional_text(unless_empty(filter.plugin))
        .optional_text(unless_empty(filter.kind))
        .optional_text(unless_empty(filter.key));
    statement.optional_text(unless_empty(filter.schedule));
    statement.optional_integer(filter.state ? std::optional<std::int64_t>(static_cast<std::int64_t>(*filter.state))
                                            : std::nullopt);
    statement.optional_text(unless_empty(filter.cursor)).integer(static_cast<std::int64_t>(limit + 1)).idempotent();
    const Rows rows = run(client_, statement);
    Page page;
    for (std::size_t row = 0; row < std::min(rows.size(), limit); ++row)
        page.jobs.push_back(job_at(rows, row));
    if (rows.size() > limit) page.next = page.jobs.back().id;
    return page;
}

Job Admin::get(const std::string& id, const std::optional<std::string>& principal_id) const {
    Statement statement("select " + columns +
                        ", payload from job where id = $1 and ($2::text is null or principal_id = $2)");
    const Rows rows = run(client_, statement.text(id).optional_text(principal_id).idempotent());
    if (rows.size() == 0) throw Error{Code::NotFound, "there is no job " + id};
    Job job = job_at(rows, 0);
    job.payload = text_at(rows, 0, 20);
    return job;
}

Job Admin::cancel(const std::string& id, const std::optional<std::string>& principal_id) const {
    Statement statement(
        "with changed as (update job set state = case state when 0 then 4 else state end,"
        "  finished_at = case state when 0 then now() end, cancel_asked = state = 1 where id = $1 and state < 2"
        "  and ($2::text is null or principal_id = $2) returning id)"
        " select pg_notify('gantry_job', 'cancel') from changed");
    const bool changed = run(client_, statement.text(id).optional_text(principal_id)).size() == 1;
    Job job = get(id, principal_id);
    if (!changed) throw Error{Code::Conflict, "job " + id + " is " + name_of(job.state) + " already"};
    return job;
}

Job Admin::retry(const std::string& id) const {
    Statement statement(
        "with changed as (update job set state = 0, attempt = 0, due_at = now(), finished_at = null, cancel_asked = false"
        "  where id = $1 and state in (3, 4) returning id)"
        " select pg_notify('gantry_job', '') from changed");
    std::size_t changed = 0;
    try {
        changed = run(client_, statement.text(id)).size();
    } catch (const Error& error) {
        if (error.code() != Code::Conflict) throw;
        throw Error{Code::Conflict, "another job of this kind and key waits or runs"};
    }
    Job job = get(id);
    if (changed == 0)
        throw Error{Code::Conflict,
                    "job " + id + " is " + name_of(job.state) + ": only dead and cancelled ones are retried"};
    return job;
}

std::vector<ScheduleStatus> Admin::schedules() const {
    Statement statement("select " + schedule_columns + " from job_schedule where not retired order by plugin, name");
    const Rows rows = run(client_, statement.idempotent());
    std::vector<ScheduleStatus> all;
    for (std::size_t row = 0; row < rows.size(); ++row)
        all.push_back(schedule_at(rows, row));
    return all;
}

ScheduleStatus Admin::change_schedule(const std::string& plugin, const std::string& name,
                                      const ScheduleChange& change) const {
    const ScheduleStatus before = schedule_named(client_, plugin, name);
    const std::string cron = change.cron.value_or(before.cron);
    const std::string zone = change.time_zone.value_or(before.time_zone);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto next = Cron(cron, zone).next(now);
    Statement statement(
        "with changed as (update job_schedule set cron = $3, time_zone = $4, enabled = $5,"
        "  next_at = timestamptz 'epoch' + $6 * interval '1 second'"
        "  where plugin = $1 and name = $2 and not retired returning " +
        schedule_columns +
        ")"
        " select changed.*, pg_notify('gantry_job', 'schedule') from changed");
    statement.text(plugin).text(name).text(cron);
    statement.text(zone).boolean(change.enabled.value_or(before.enabled));
    statement.optional_integer(next ? std::optional<std::int64_t>(next->time_since_epoch().count()) : std::nullopt);
    const Rows rows = run(client_, statement);
    if (rows.size() == 0) throw no_schedule(plugin, name);
    return schedule_at(rows, 0);
}

std::string Admin::run_schedule(const std::string& plugin, const std::string& name) const {
    const std::string kind = schedule_named(client_, plugin, name).kind;
    Statement statement(
        "insert into job (id, plugin, kind, payload, attempts_max, due_at)"
        " select $3, plugin, kind, payload, $4, now() from job_schedule"
        "  where plugin = $1 and name = $2 and kind = $5 and not retired returning id");
    statement.text(plugin).text(name).text("job_" + core::sortable_id());
    statement.integer(attempts_max_(plugin, kind)).text(kind);
    const Rows rows = run(client_, statement);
    if (rows.size() == 0) throw no_schedule(plugin, name);
    return text_at(rows, 0, 0);
}

}  // namespace host::jobs
