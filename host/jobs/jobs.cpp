#include "host/jobs/jobs.hpp"

#include <pthread.h>

#include <algorithm>
#include <random>
#include <utility>

#include "host/core/thread_kind.hpp"
#include "host/database/statement.hpp"

namespace host::jobs {

using core::Code;
using core::Error;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t key_bytes_max = 256;
constexpr std::size_t error_bytes_max = 1'000;
constexpr auto progress_interval = 500ms;
constexpr auto clean_interval = 60s;
constexpr auto pool_patience = 50ms;

// first, 2 first, 4 first, ... up to max; each shortened by up to a half, so that what failed together does not come back
// together.
std::chrono::milliseconds back_off(std::uint32_t attempt, std::chrono::milliseconds first, std::chrono::milliseconds max) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const double factor = std::uniform_real_distribution<double>(0.5, 1.0)(random);
    const double doubled = static_cast<double>(first.count()) * static_cast<double>(1ULL << std::min(attempt - 1, 40u));
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::min(doubled, static_cast<double>(max.count())) * factor));
}

}  // namespace

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= name_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
}

Jobs::Jobs(Settings settings, database::Database& database, core::ThreadPool& pool, log::Logger logger)
    : settings_(settings),
      database_(database),
      logger_(std::move(logger)),
      floor_(settings_, pool, [this] { wake(&Agenda::work); }) {}

Jobs::~Jobs() {
    stop();
}

void Jobs::start() {
    client_ = database_.client("gantry");
    store_.emplace(*client_);
    schedules_.emplace(*client_, logger_);
    submissions_.emplace(*client_, settings_.submit_queue_max);
    admin_.emplace(*client_, settings_.attempts_max);
    host_ = store_->register_host(settings_.lease);
    lease_until_ = Clock::now() + settings_.lease;
    renew_at_ = Clock::now() + settings_.lease / 4;
    // Whoever else worked on the host's own server has died with it.
    if (database_.is_private()) store_->end_leases_but(host_);
    store_->bury_expired();
    store_->take_back_from_dead();
    subscription_ = database_.listener().listen("gantry_job", [this](const std::string& payload) { heard(payload); });
    thread_ = std::thread([this] { run(); });
}

bool Jobs::drain(Clock::time_point deadline) {
    floor_.close();
    return floor_.wait_idle(deadline);
}

void Jobs::stop() {
    floor_.close();
    subscription_.reset();
    if (thread_.joinable()) {
        wake(&Agenda::stopping);
        thread_.join();
    }
    if (client_) client_->abandon();
}

void Jobs::wake(bool Agenda::*what) {
    std::lock_guard lock(mutex_);
    agenda_.*what = true;
    woken_.notify_one();
}

void Jobs::heard(const std::string& payload) {
    std::lock_guard lock(mutex_);
    // Empty: a job was made, or the listener was away and something may have been missed.
    agenda_.look = agenda_.look || payload.empty();
    agenda_.cancels = agenda_.cancels || payload.empty() || payload == "cancel";
    agenda_.schedules = agenda_.schedules || payload == "schedule";
    woken_.notify_one();
}

void Jobs::activate(WorkerPointer worker) {
    floor_.activate(worker);
    std::lock_guard lock(mutex_);
    std::erase_if(workers_, [&](const WorkerPointer& each) { return each->plugin == worker->plugin; });
    std::erase_if(agenda_.declarations, [&](const WorkerPointer& each) { return each->plugin == worker->plugin; });
    workers_.push_back(worker);
    agenda_.declarations.push_back(std::move(worker));
    woken_.notify_one();
}

void Jobs::retire(const WorkerPointer& worker) {
    {
        std::lock_guard lock(mutex_);
        std::erase(workers_, worker);
        std::erase(agenda_.declarations, worker);
    }
    floor_.retire(*worker);
}

void Jobs::abandon(const WorkerPointer& worker) {
    retire(worker);
    floor_.abandon(*worker);
}

Draft Jobs::completed(Draft draft) const {
    if (!is_name(draft.kind)) throw Error{Code::InvalidArgument, "the kind of a job must be 1-100 of [a-z0-9_.-]"};
    if (draft.key.size() > key_bytes_max) {
        throw Error{Code::InvalidArgument, "the key of a job is " + std::to_string(draft.key.size()) +
                                               " bytes long but must be at most " + std::to_string(key_bytes_max)};
    }
    if (draft.payload.size() > settings_.payload_bytes_max) {
        throw Error{Code::InvalidArgument, "the payload of a job is " + std::to_string(draft.payload.size()) +
                                               " bytes long but jobs.payload_bytes_max is " +
                                               std::to_string(settings_.payload_bytes_max)};
    }
    if (draft.attempts_max == 0) draft.attempts_max = floor_.attempts_max(draft.plugin, draft.kind);
    if (draft.attempts_max == 0) draft.attempts_max = settings_.attempts_max;
    draft.attempts_max = std::min(draft.attempts_max, 1'000u);
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
    counts.begun = begun_;
    counts.done = done_;
    counts.failed = failed_;
    counts.dead = dead_;
    counts.interrupted = interrupted_;
    const FloorCounts floor = floor_.counts();
    counts.running = floor.running;
    counts.claimed_ahead = floor.waiting;
    return counts;
}

void Jobs::run() {
    pthread_setname_np(pthread_self(), "jobs");
    core::set_thread_kind(core::ThreadKind::Blocking);
    for (;;) {
        const Agenda agenda = wait();
        try {
            act(agenda);
            retry_pause_ = 50ms;
        } catch (const Error& error) {
            note_failure(error);
        }
        if (!agenda.stopping) continue;
        // One more attempt at what could not be written; what is lost here is begun again by others.
        try {
            step();
            store_->end_lease(host_);
        } catch (const Error& error) {
            logger_.warn("the last jobs could not be written down", {{"reason", error.what()}});
        }
        return;
    }
}

Jobs::Agenda Jobs::wait() {
    std::unique_lock lock(mutex_);
    const auto ready = [&] {
        return agenda_.stopping || agenda_.work || agenda_.look || agenda_.cancels || agenda_.schedules ||
               !agenda_.declarations.empty();
    };
    const FloorCounts floor = floor_.counts();
    auto patience = std::min({renew_at_, look_at_, schedules_at_, clean_at_});
    if (floor.running > 0) patience = std::min(patience, progress_at_);
    // The pool may have been full: it is asked again with the next step.
    if (floor.waiting > 0) patience = std::min(patience, Clock::now() + pool_patience);
    if (retry_at_ > Clock::now()) {
        woken_.wait_until(lock, retry_at_, [&] { return agenda_.stopping; });
    } else {
        woken_.wait_until(lock, patience, ready);
    }
    Agenda agenda = std::exchange(agenda_, {});
    agenda_.stopping = agenda.stopping;
    return agenda;
}

void Jobs::note_failure(const Error& error) {
    logger_.warn("jobs wait for the database", {{"reason", error.what()}});
    unsure_ = true;
    retry_at_ = Clock::now() + retry_pause_;
    retry_pause_ = std::min<std::chrono::milliseconds>(2 * retry_pause_, 2s);
    look_at_ = schedules_at_ = Clock::time_point{};
}

void Jobs::act(const Agenda& agenda) {
    for (const WorkerPointer& worker : agenda.declarations)
        undeclared_.push_back(worker);
    const auto now = Clock::now();
    if (now >= renew_at_) keep_lease();
    if (unsure_) {
        store_->give_up_unknown(host_, floor_.held());
        unsure_ = false;
    }
    if (agenda.cancels || now >= look_at_) {
        if (const auto asked = store_->asked_to_cancel(host_); !asked.empty()) floor_.ask_cancel(asked);
    }
    if (agenda.look || now >= look_at_) {
        look_at_ = now + settings_.poll;
        floor_.look_everywhere();
    }
    follow_schedules(agenda);
    step();
    if (now >= progress_at_) {
        if (const auto progress = floor_.progressed(); !progress.empty()) store_->write_progress(host_, progress);
        progress_at_ = now + progress_interval;
    }
    if (now >= clean_at_) {
        const std::size_t cleaned = store_->clean(settings_.keep_done, settings_.keep_failed);
        clean_at_ = now + (cleaned == 10'000 ? std::chrono::milliseconds(100) : std::chrono::milliseconds(clean_interval));
    }
}

void Jobs::keep_lease() {
    const auto asked_at = Clock::now();
    if (!store_->renew_lease(host_, settings_.lease)) {
        logger_.warn("this host was not heard of for longer than jobs.lease: its jobs may have been given to others");
        floor_.ask_cancel_all();
        host_ = store_->register_host(settings_.lease);
    }
    lease_until_ = asked_at + settings_.lease;
    renew_at_ = asked_at + settings_.lease / 4;
    if (const auto silent = silence_.dead(store_->heartbeats_but(host_), asked_at, settings_.lease); !silent.empty())
        store_->bury(silent);
    if (const std::size_t lost = store_->take_back_from_dead(); lost > 0) {
        logger_.info("jobs of a host that has ended wait again", {{"jobs", lost}});
        store_->tell_of_waiting();
    }
}

void Jobs::follow_schedules(const Agenda& agenda) {
    while (!undeclared_.empty()) {
        schedules_->declare(*undeclared_.back());
        undeclared_.pop_back();
        schedules_at_ = Clock::time_point{};
    }
    const auto now = Clock::now();
    if (now < schedules_at_ && !agenda.schedules) return;
    std::vector<WorkerPointer> workers;
    {
        std::lock_guard lock(mutex_);
        workers = workers_;
    }
    const auto next = schedules_->make_due(workers, settings_.attempts_max);
    schedules_at_ = now + std::min<std::chrono::milliseconds>(next.value_or(settings_.poll), settings_.poll);
}

// Writes what has ended, claims what there is room for.
void Jobs::step() {
    // Past the lease nothing is to be claimed: it would be taken from us at once.
    const bool leased = Clock::now() < lease_until_;
    std::vector<Want> wants = leased ? floor_.wants() : std::vector<Want>{};
    std::vector<Ended> ended = floor_.ended();
    if (wants.empty() && ended.empty()) return;
    std::vector<Verdict> verdicts;
    for (const Ended& each : ended)
        verdicts.push_back(verdict_of(each));
    Store::Step done;
    try {
        done = store_->step(host_, verdicts, wants);
    } catch (const Error& error) {
        for (Ended& each : ended) {
            // If it is the text that cannot be written, it would fail for ever.
            if (error.code() == Code::InvalidArgument || error.code() == Code::Internal) each.ending.message.clear();
        }
        floor_.put_back(std::move(ended));
        throw;
    }
    begun_ += done.claimed.size();
    if (done.written < verdicts.size())
        logger_.warn("attempts ended after their lease: others run these jobs", {{"jobs", verdicts.size() - done.written}});
    if (done.next_due) look_at_ = std::min(look_at_, Clock::now() + *done.next_due);
    bool given_back = false;
    for (const Verdict& verdict : verdicts) {
        if (verdict.state != State::Waiting) continue;
        look_at_ = std::min(look_at_, Clock::now() + verdict.delay);
        given_back = given_back || verdict.delay.count() == 0;
    }
    floor_.take(wants, std::move(done.claimed));
    // Perhaps another host can do it.
    if (given_back) store_->tell_of_waiting();
}

Verdict Jobs::verdict_of(const Ended& ended) {
    const Claimed& job = ended.job;
    const Ending& ending = ended.ending;
    Verdict verdict{job.id, job.host, job.attempt, State::Waiting, true, {}, ending.name, ending.message};
    if (verdict.error.size() > error_bytes_max) verdict.error.resize(error_bytes_max);
    const bool last = job.attempt >= job.attempts_max;
    switch (ending.kind) {
        case Ending::Kind::Done:
            verdict.state = State::Done;
            ++done_;
            return verdict;
        case Ending::Kind::NotBegun:
            verdict.counts = false;
            verdict.state = ended.cancel_asked ? State::Cancelled : State::Waiting;
            return verdict;
        case Ending::Kind::Interrupted:
            ++interrupted_;
            verdict.state = ended.cancel_asked ? State::Cancelled : last ? State::Dead : State::Waiting;
            return verdict;
        case Ending::Kind::Failed:
            break;
    }
    ++failed_;
    if (verdict.error_code.empty()) verdict.error_code = core::name_of(ending.code);
    // What the input forbids will not succeed by being repeated.
    const bool hopeless = last || ending.code == Code::InvalidArgument;
    verdict.state = ended.cancel_asked ? State::Cancelled : hopeless ? State::Dead : State::Waiting;
    if (verdict.state == State::Dead) ++dead_;
    verdict.delay = ending.retry_after.count() > 0 ? std::min(ending.retry_after, ended.retry_max)
                                                   : back_off(job.attempt, ended.retry_first, ended.retry_max);
    if (verdict.state == State::Dead)
        logger_.error("a job has failed for good", {{"job", job.id},
                                                    {"plugin", job.plugin},
                                                    {"kind", job.kind},
                                                    {"attempt", job.attempt},
                                                    {"reason", verdict.error}});
    return verdict;
}

}  // namespace host::jobs
