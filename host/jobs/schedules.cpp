#include "host/jobs/schedules.hpp"

#include "host/core/error.hpp"
#include "host/database/statement.hpp"
#include "host/jobs/submissions.hpp"

namespace host::jobs {

using database::integer_at;
using database::is_null_at;
using database::Rows;
using database::run;
using database::Statement;
using database::text_at;

namespace {

constexpr std::chrono::seconds on_time{60};

std::int64_t seconds_of(Moment moment) {
    return moment.time_since_epoch().count();
}

Moment now_in_seconds() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

Occurrences occurrences(const Cron& cron, Moment first, Moment now, CatchUp catch_up, std::size_t catch_up_max) {
    Occurrences found;
    std::vector<Moment> passed;
    std::optional<Moment> moment = first;
    // The last are the ones that count: of very many the first are dropped.
    for (; moment && *moment <= now; moment = cron.next(*moment)) {
        passed.push_back(*moment);
        if (passed.size() > 2 * catch_up_max + 2) {
            passed.erase(passed.begin(), passed.end() - static_cast<std::ptrdiff_t>(catch_up_max + 1));
        }
    }
    found.next = moment;
    if (passed.empty()) return found;
    switch (catch_up) {
        case CatchUp::Skip:
            if (now - passed.back() <= on_time) found.due.push_back(passed.back());
            break;
        case CatchUp::Once:
            found.due.push_back(passed.back());
            break;
        case CatchUp::All:
            if (passed.size() > catch_up_max) {
                passed.erase(passed.begin(), passed.end() - static_cast<std::ptrdiff_t>(catch_up_max));
            }
            found.due = std::move(passed);
            break;
    }
    return found;
}

struct Schedules::Due {
    std::string plugin;
    std::string name;
    std::int64_t next_at_us;
    std::vector<Moment> moments;
    std::optional<Moment> next;
};

void Schedules::declare(const Worker& worker) {
    std::vector<std::string> names;
    for (const Schedule& schedule : worker.schedules) {
        names.push_back(schedule.name);
        const auto next = Cron(schedule.cron, schedule.time_zone).next(now_in_seconds());
        Statement statement(
            "insert into job_schedule as s (plugin, name, kind, payload, cron, time_zone, declared_cron, declared_time_zone,"
            "  catch_up, catch_up_max, next_at)"
            " values ($1, $2, $3, $4, $5, $6, $5, $6, $7, $8, timestamptz 'epoch' + $9 * interval '1 second')"
            " on conflict (plugin, name) do update set kind = excluded.kind, payload = excluded.payload,"
            "  catch_up = excluded.catch_up, catch_up_max = excluded.catch_up_max, retired = false,"
            "  declared_cron = excluded.cron, declared_time_zone = excluded.time_zone,"
            "  cron = case when (s.declared_cron, s.declared_time_zone) = (excluded.cron, excluded.time_zone)"
            "   then s.cron else excluded.cron end,"
            "  time_zone = case when (s.declared_cron, s.declared_time_zone) = (excluded.cron, excluded.time_zone)"
            "   then s.time_zone else excluded.time_zone end,"
            "  next_at = case when (s.declared_cron, s.declared_time_zone) = (excluded.cron, excluded.time_zone)"
            // Earlier if the clock has been set back since.
            "   and not s.retired then least(s.next_at, excluded.next_at) else excluded.next_at end");
        statement.text(worker.plugin).text(schedule.name);
        statement.text(schedule.kind).bytes(schedule.payload);
        statement.text(schedule.cron).text(schedule.time_zone);
        statement.integer(static_cast<std::int64_t>(schedule.catch_up)).integer(schedule.catch_up_max);
        statement.optional_integer(next ? std::optional<std::int64_t>(seconds_of(*next)) : std::nullopt).idempotent();
        run(client_, statement);
    }
    Statement retire("update job_schedule set retired = true where plugin = $1 and name <> all($2::text[]) and not retired");
    run(client_, retire.text(worker.plugin).texts(names).idempotent());
}

std::optional<std::chrono::milliseconds> Schedules::make_due(const std::vector<WorkerPointer>& workers,
                                                             const AttemptsMax& attempts_max, bool set_back) {
    std::vector<std::string> plugins;
    for (const WorkerPointer& worker : workers) {
        if (!worker->schedules.empty()) plugins.push_back(worker->plugin);
    }
    if (plugins.empty()) return std::nullopt;
    if (set_back) wait_less(plugins);
    Statement find(
        "select plugin, name, cron, time_zone, catch_up, catch_up_max, next_at, kind from job_schedule"
        " where plugin = any($1::text[]) and enabled and not retired and next_at <= now()");
    const Rows rows = run(client_, find.texts(plugins).idempotent());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        try {
            const std::int64_t next_at_us = integer_at(rows, row, 6);
            const Moment first{std::chrono::seconds(next_at_us / 1'000'000)};
            Occurrences found = occurrences(
                Cron(text_at(rows, row, 2), text_at(rows, row, 3)), first, std::max(first, now_in_seconds()),
                static_cast<CatchUp>(integer_at(rows, row, 4)), static_cast<std::size_t>(integer_at(rows, row, 5)));
            make({text_at(rows, row, 0), text_at(rows, row, 1), next_at_us, std::move(found.due), found.next},
                 attempts_max(text_at(rows, row, 0), text_at(rows, row, 7)));
        } catch (const core::Error& error) {
            if (error.code() != core::Code::InvalidArgument) throw;
            // A zone that the system has lost: the others go on.
            logger_.error(
                "a schedule cannot be followed",
                {{"plugin", text_at(rows, row, 0)}, {"schedule", text_at(rows, row, 1)}, {"reason", error.what()}});
        }
    }
    Statement next(
        "select ceil(extract(epoch from min(next_at) - now()) * 1000)::bigint from job_schedule"
        " where plugin = any($1::text[]) and enabled and not retired and next_at > now()");
    const Rows answer = run(client_, next.texts(plugins).idempotent());
    if (is_null_at(answer, 0, 0)) return std::nullopt;
    return std::chrono::milliseconds(integer_at(answer, 0, 0));
}

// What was due at a moment that is now further away than the next one is due then. Moments that come a second time make no
// second job.
void Schedules::wait_less(const std::vector<std::string>& plugins) {
    Statement find(
        "select plugin, name, cron, time_zone, next_at from job_schedule"
        " where plugin = any($1::text[]) and enabled and not retired and next_at > now()");
    const Rows rows = run(client_, find.texts(plugins).idempotent());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto next = Cron(text_at(rows, row, 2), text_at(rows, row, 3)).next(now_in_seconds());
        if (!next) continue;
        Statement statement(
            "update job_schedule set next_at = least(next_at, timestamptz 'epoch' + $4 * interval '1 second')"
            " where plugin = $1 and name = $2 and next_at = timestamptz 'epoch' + $3 * interval '1 microsecond'");
        statement.text(text_at(rows, row, 0)).text(text_at(rows, row, 1));
        statement.integer(integer_at(rows, row, 4)).integer(seconds_of(*next)).idempotent();
        run(client_, statement);
    }
}

// The moment is moved on and the jobs are made in one statement, by whichever host still finds it where it was.
void Schedules::make(const Due& due, std::uint32_t attempts_max) {
    std::vector<std::string> ids;
    std::vector<std::int64_t> moments;
    for (const Moment moment : due.moments) {
        ids.push_back(Submissions::new_id());
        moments.push_back(seconds_of(moment));
    }
    Statement statement(
        "with moved as (update job_schedule set next_at = timestamptz 'epoch' + $4 * interval '1 second',"
        "  last_at = case when cardinality($5::text[]) > 0 then now() else last_at end"
        "  where plugin = $1 and name = $2 and next_at = timestamptz 'epoch' + $3 * interval '1 microsecond'"
        "  and enabled and not retired returning plugin, name, kind, payload)"
        " insert into job (id, plugin, kind, payload, attempts_max, due_at, schedule, scheduled_for)"
        " select t.id, m.plugin, m.kind, m.payload, $7, now(), m.name, timestamptz 'epoch' + t.moment * interval '1 second'"
        " from moved m, unnest($5::text[], $6::bigint[]) as t(id, moment) on conflict do nothing");
    statement.text(due.plugin).text(due.name);
    statement.integer(due.next_at_us);
    statement.optional_integer(due.next ? std::optional<std::int64_t>(seconds_of(*due.next)) : std::nullopt);
    statement.texts(ids).integers(moments).integer(attempts_max);
    run(client_, statement);
}

}  // namespace host::jobs
