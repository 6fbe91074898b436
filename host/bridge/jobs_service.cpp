#include "host/bridge/jobs_service.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <gantry/text.hpp>

#include "host/bridge/entrance.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/room_failure.hpp"
#include "host/bridge/text.hpp"
#include "host/jobs/cron.hpp"

namespace host::bridge {

using core::Code;
using core::Error;

namespace {

template <std::size_t N>
std::string readable(const char (&text)[N]) {
    std::string copy(text, strnlen(text, N));
    return gantry::is_utf8(copy) ? copy : "(not UTF-8)";
}

jobs::Ending ending_from(gantry_status status, const gantry_error& error) {
    jobs::Ending ending;
    if (status >= 0) return ending;
    ending.kind = jobs::Ending::Kind::Failed;
    ending.code = core::code_of(status);
    ending.name = readable(error.code);
    ending.message = readable(error.message);
    ending.retry_after = std::chrono::milliseconds(error.retry_after_ms);
    return ending;
}

gantry_job_view view_of(const jobs::Attempt& attempt) {
    const jobs::Claimed& job = attempt.job;
    gantry_job_view shown{};
    shown.struct_size = sizeof shown;
    shown.attempt = job.attempt;
    shown.attempts_max = job.attempts_max;
    shown.id = str(job.id);
    shown.kind = str(job.kind);
    shown.key = str(job.key);
    shown.payload = {job.payload.data(), job.payload.size()};
    if (attempt.deadline != std::chrono::steady_clock::time_point::max()) {
        const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(attempt.deadline.time_since_epoch());
        shown.deadline_ns = static_cast<std::uint64_t>(since.count());
    }
    shown.scheduled_for_us = job.scheduled_for_us;
    shown.principal_id = str(job.principal_id);
    return shown;
}

// An interval that fits the arithmetic of the room and of PostgreSQL.
std::chrono::milliseconds interval(std::uint64_t ms, const char* what) {
    constexpr std::uint64_t ten_years_ms = 10ULL * 366 * 86'400'000;
    if (ms > ten_years_ms) throw Error(Code::InvalidArgument, std::string(what) + " must be at most ten years");
    return std::chrono::milliseconds(ms);
}

void answer(const Entrance& entrance, const log::Logger& logger, gantry_submit_done done, void* user, const std::string& id,
            const Error* error) {
    const Entrance::Pass pass(entrance);
    if (!pass) return;
    if (error == nullptr) return done(user, GANTRY_OK, str(id), nullptr);
    const gantry_error shown = to_abi(room_failure(*error, logger));
    done(user, shown.status, str(""), &shown);
}

}  // namespace

JobsService::JobsService(std::string owner, jobs::Jobs* jobs, DatabaseService& database, Record record,
                         std::shared_ptr<core::Gate> gate, log::Logger logger)
    : owner_(std::move(owner)),
      jobs_(jobs),
      database_(database),
      record_(std::move(record)),
      gate_(std::move(gate)),
      logger_(std::move(logger)),
      worker_(std::make_shared<jobs::Worker>()) {
    worker_->plugin = owner_;
}

jobs::Jobs& JobsService::room() const {
    if (jobs_ == nullptr) throw Error(Code::Unavailable, "jobs are not there: the host runs offline");
    return *jobs_;
}

void JobsService::require_open() const {
    if (frozen_) throw Error(Code::Denied, "jobs are registered in start() only");
}

void JobsService::handle(const gantry_job_kind& passed) {
    require_open();
    const gantry_job_kind given = incoming(&passed);
    require(given.handler, "handler");
    jobs::Kind kind;
    kind.name = copy(given.kind);
    if (!jobs::is_name(kind.name)) throw Error(Code::InvalidArgument, "the kind of a job must be 1-100 of [a-z0-9_.-]");
    for (const jobs::Kind& other : worker_->kinds) {
        if (other.name == kind.name) throw Error(Code::Conflict, "the kind " + kind.name + " is handled already");
    }
    kind.concurrency = given.concurrency;
    kind.attempts_max = given.attempts_max;
    kind.retry_first = std::chrono::milliseconds(given.retry_first_ms);
    kind.retry_max = std::chrono::milliseconds(given.retry_max_ms);
    kind.handle = [gate = gate_, handler = given.handler, user = given.user,
                   logger = logger_](const jobs::Attempt& attempt) -> std::optional<jobs::Ending> {
        const core::Gate::Pass pass(*gate);
        if (!pass) return jobs::Ending{jobs::Ending::Kind::NotBegun, {}, {}, {}, {}};
        const gantry_job_view shown = view_of(attempt);
        gantry_error error{};
        error.struct_size = sizeof error;
        gantry_status status = GANTRY_E_INTERNAL;
        try {
            status = handler(user, attempt.id, &shown, &error);
        } catch (...) {
            // Rule 5 forbids it, but a plugin that breaks it must not take the host down.
            logger.error("a job's handler threw across the border", {{"kind", attempt.job.kind}});
        }
        if (status == GANTRY_PENDING) return std::nullopt;
        return ending_from(status, error);
    };
    record_("job", kind.name, [room = jobs_, worker = worker_] {
        if (room != nullptr) room->abandon(worker);
    });
    worker_->kinds.push_back(std::move(kind));
}

void JobsService::schedule(const gantry_job_schedule& passed) {
    require_open();
    const gantry_job_schedule given = incoming(&passed);
    jobs::Schedule schedule;
    schedule.name = copy(given.name);
    schedule.kind = copy(given.kind);
    schedule.cron = copy(given.cron);
    schedule.time_zone = given.time_zone.size == 0 ? "UTC" : copy(given.time_zone);
    schedule.payload = copy(given.payload);
    if (!jobs::is_name(schedule.name))
        throw Error(Code::InvalidArgument, "the name of a schedule must be 1-100 of [a-z0-9_.-]");
    const bool known = std::any_of(worker_->kinds.begin(), worker_->kinds.end(),
                                   [&](const jobs::Kind& kind) { return kind.name == schedule.kind; });
    if (!known) throw Error(Code::InvalidArgument, "the kind \"" + schedule.kind + "\" is not handled: handle() it first");
    for (const jobs::Schedule& other : worker_->schedules) {
        if (other.name == schedule.name) throw Error(Code::Conflict, "there is a schedule " + other.name + " already");
    }
    if (given.catch_up > GANTRY_CATCH_UP_ALL) throw Error(Code::InvalidArgument, "catch_up is not a GANTRY_CATCH_UP_*");
    schedule.catch_up = static_cast<jobs::CatchUp>(given.catch_up);
    if (given.catch_up_max != 0) schedule.catch_up_max = std::min(given.catch_up_max, 1'000u);
    (void)jobs::Cron(schedule.cron, schedule.time_zone);  // throws what is wrong with them
    record_("schedule", schedule.name, [] {});            // its worker takes it along
    worker_->schedules.push_back(std::move(schedule));
}

void JobsService::submit(const gantry_job& passed, gantry_submit_done done, void* user) {
    const gantry_job given = incoming(&passed);
    require(done, "done");
    jobs::Draft draft;
    draft.plugin = owner_;
    draft.kind = storable(given.kind, "the kind of a job");
    draft.key = storable(given.key, "the key of a job");
    draft.payload = copy(given.payload);
    draft.attempts_max = given.attempts_max;
    draft.delay = interval(given.delay_ms, "delay_ms");
    draft.deadline = interval(given.deadline_ms, "deadline_ms");
    draft.principal_id = storable(given.principal_id, "the principal_id of a job");
    if (given.transaction != 0) return submit_within(room().completed(std::move(draft)), given.transaction, done, user);
    room().submit(std::move(draft), [ticket = outstanding_.enter(), entrance = Entrance(gate_), logger = logger_, done,
                                     user](const jobs::Submitted& result) mutable {
        const Outstanding::Ticket leaving = std::move(ticket);
        answer(entrance, logger, done, user, result.id, result.error ? &*result.error : nullptr);
    });
}

// On the plugin's own connection, by a function that checks who calls; DatabaseService::silence() waits for it.
void JobsService::submit_within(const jobs::Draft& draft, gantry_id transaction, gantry_submit_done done, void* user) {
    const std::string id = jobs::Submissions::new_id();
    database_.client().query(jobs::Submissions::within_transaction(draft, id, transaction),
                             [&room = room(), entrance = Entrance(gate_), logger = logger_, done, user, id,
                              kind = draft.kind](database::Outcome&& outcome) {
                                 if (!outcome.error && outcome.rows.cell(0, 0).as.integer == 0) {
                                     outcome.error.emplace(Code::Conflict,
                                                           "a job of kind " + kind + " with this key waits or runs");
                                 }
                                 if (!outcome.error) room.written_within();
                                 answer(entrance, logger, done, user, id, outcome.error ? &*outcome.error : nullptr);
                             });
}

gantry_status JobsService::progress(gantry_id run, std::uint32_t permille, gantry_str note) {
    constexpr std::size_t note_bytes_max = 500;
    std::string kept = storable(note, "the note");
    while (kept.size() > note_bytes_max || !gantry::is_utf8(kept))
        kept.resize(std::min(kept.size() - 1, note_bytes_max));
    return room().progress(run, permille, std::move(kept));
}

gantry_status JobsService::finish(gantry_id run, gantry_status status, const gantry_error* error) {
    const gantry_error reason = error != nullptr ? incoming(error) : gantry_error{};
    return room().finish(run, ending_from(status, reason)) ? GANTRY_OK : GANTRY_E_GONE;
}

void JobsService::cancel(std::string job, gantry_done done, void* user) {
    require(done, "done");
    room().cancel(owner_, storable(str(job), "the id of a job"),
                  [ticket = outstanding_.enter(), entrance = Entrance(gate_), logger = logger_, done,
                   user](const Error* error) mutable {
                      const Outstanding::Ticket leaving = std::move(ticket);
                      const Entrance::Pass pass(entrance);
                      if (!pass) return;
                      const gantry_error shown = error != nullptr ? to_abi(room_failure(*error, logger)) : gantry_error{};
                      done(user, shown.status, error != nullptr ? &shown : nullptr);
                  });
}

void JobsService::activate() {
    if (jobs_ != nullptr) jobs_->activate(worker_);
}

void JobsService::silence() {
    if (jobs_ != nullptr) jobs_->retire(worker_);
    outstanding_.wait();
}

}  // namespace host::bridge
