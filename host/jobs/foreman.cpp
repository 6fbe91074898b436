#include "host/jobs/foreman.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "host/core/thread_kind.hpp"

namespace host::jobs {

using core::Code;
using core::Error;
using namespace std::chrono_literals;

namespace {

constexpr auto progress_interval = 500ms;
constexpr auto clean_interval = 60s;
constexpr auto pool_patience = 50ms;

}  // namespace

Foreman::Foreman(const Settings& settings, Floor& floor, log::Logger logger)
    : settings_(settings), floor_(floor), logger_(logger), attempts_(std::move(logger)) {}

void Foreman::start(database::Client& client, bool alone) {
    store_.emplace(client);
    schedules_.emplace(client, logger_);
    host_ = store_->register_host(settings_.lease);
    lease_until_ = Clock::now() + settings_.lease;
    renew_at_ = Clock::now() + settings_.lease / 4;
    if (alone) store_->end_leases_but(host_);
    // The wall clock may just have been set: who has died is told by its silence from now on.
    (void)silence_.dead(store_->heartbeats_but(host_), Clock::now(), settings_.lease);
    store_->take_back_from_dead();
    thread_ = std::thread([this] { run(); });
}

void Foreman::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard lock(mutex_);
        agenda_.stopping = true;
        woken_.notify_one();
    }
    thread_.join();
}

void Foreman::declare(WorkerPointer worker) {
    std::lock_guard lock(mutex_);
    std::erase_if(workers_, [&](const WorkerPointer& each) { return each->plugin == worker->plugin; });
    workers_.push_back(worker);
    declarations_.add(std::move(worker));
    woken_.notify_one();
}

void Foreman::withdraw(const WorkerPointer& worker) {
    std::lock_guard lock(mutex_);
    std::erase(workers_, worker);
    declarations_.remove(worker);
}

void Foreman::wake() {
    std::lock_guard lock(mutex_);
    agenda_.work = true;
    woken_.notify_one();
}

void Foreman::hear(const std::string& payload) {
    std::lock_guard lock(mutex_);
    // Empty: a job was made, or the listener was away and something may have been missed.
    agenda_.look = agenda_.look || payload.empty();
    agenda_.cancels = agenda_.cancels || payload.empty() || payload == "cancel";
    agenda_.schedules = agenda_.schedules || payload == "schedule";
    woken_.notify_one();
}

void Foreman::count(Counts& counts) const {
    counts.begun = begun_;
    attempts_.count(counts);
}

void Foreman::run() {
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
        if (agenda.stopping) return end();
    }
}

// One more attempt at what could not be written; what is lost here is begun again by others.
void Foreman::end() {
    try {
        step();
        store_->end_lease(host_);
    } catch (const Error& error) {
        logger_.warn("the last jobs could not be written down", {{"reason", error.what()}});
    }
}

Foreman::Agenda Foreman::wait() {
    std::unique_lock lock(mutex_);
    const auto ready = [&] {
        return agenda_.stopping || agenda_.work || agenda_.look || agenda_.cancels || agenda_.schedules ||
               !declarations_.empty();
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

void Foreman::note_failure(const Error& error) {
    logger_.warn("jobs wait for the database", {{"reason", error.what()}});
    unsure_ = true;
    retry_at_ = Clock::now() + retry_pause_;
    retry_pause_ = std::min<std::chrono::milliseconds>(2 * retry_pause_, 2s);
    look_at_ = schedules_at_ = Clock::time_point{};
}

void Foreman::act(const Agenda& agenda) {
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
    write_declarations();
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

void Foreman::keep_lease() {
    const auto asked_at = Clock::now();
    if (!store_->renew_lease(host_, settings_.lease)) {
        logger_.warn("this host was not heard of for longer than jobs.lease: its jobs may have been given to others");
        floor_.ask_cancel_all();
        host_ = store_->register_host(settings_.lease);
    }
    lease_until_ = asked_at + settings_.lease;
    renew_at_ = asked_at + settings_.lease / 4;
    // A claim of ours that broke off may have been committed after it was asked for last.
    store_->give_up_unknown(host_, floor_.held());
    if (const auto silent = silence_.dead(store_->heartbeats_but(host_), asked_at, settings_.lease); !silent.empty())
        store_->bury(silent);
    if (const std::size_t lost = store_->take_back_from_dead(); lost > 0) {
        logger_.info("jobs of a host that has ended wait again", {{"jobs", lost}});
        store_->tell_of_waiting();
    }
}

void Foreman::write_declarations() {
    std::unique_lock lock(mutex_);
    while (const WorkerPointer worker = declarations_.first()) {
        lock.unlock();
        schedules_->declare(*worker);
        schedules_at_ = Clock::time_point{};
        lock.lock();
        declarations_.remove(worker);
    }
}

void Foreman::follow_schedules(const Agenda& agenda) {
    const auto now = Clock::now();
    if (now < schedules_at_ && !agenda.schedules) return;
    std::vector<WorkerPointer> workers;
    {
        std::lock_guard lock(mutex_);
        workers = workers_;
    }
    const bool set_back = clock_watch_.was_set_back();
    if (set_back) {
        logger_.warn("the clock was set back: what waits for a moment waits for it by the new time");
        store_->wait_less();
        floor_.look_everywhere();
    }
    const auto attempts_max = [this](const auto& plugin, const auto& kind) { return floor_.attempts_max(plugin, kind); };
    const auto next = schedules_->make_due(workers, attempts_max, set_back);
    schedules_at_ = now + std::min<std::chrono::milliseconds>(next.value_or(settings_.poll), settings_.poll);
}

// Writes what has ended, claims what there is room for.
void Foreman::step() {
    // Past the lease nothing is to be claimed: it would be taken from us at once.
    const bool leased = Clock::now() < lease_until_;
    const std::vector<Want> wants = leased ? floor_.wants() : std::vector<Want>{};
    std::vector<Ended> ended = floor_.ended();
    if (wants.empty() && ended.empty()) return;
    std::vector<Verdict> verdicts;
    for (const Ended& each : ended)
        verdicts.push_back(verdict_of(each));
    Store::Step done = write_and_claim(verdicts, wants, ended);
    for (std::size_t i = 0; i < ended.size(); ++i)
        attempts_.note(ended[i], verdicts[i]);
    expect(verdicts, done);
    floor_.take(wants, std::move(done.claimed));
    const bool given_back = std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& each) {
        return each.state == State::Waiting && each.delay.count() == 0;
    });
    // Perhaps another host can do it.
    if (given_back) store_->tell_of_waiting();
}

Store::Step Foreman::write_and_claim(const std::vector<Verdict>& verdicts, const std::vector<Want>& wants,
                                     std::vector<Ended>& ended) {
    try {
        Store::Step done = store_->step(host_, verdicts, wants);
        begun_ += done.claimed.size();
        if (done.written < verdicts.size())
            logger_.warn("attempts ended after their lease: others run these jobs",
                         {{"jobs", verdicts.size() - done.written}});
        return done;
    } catch (const Error& error) {
        for (Ended& each : ended) {
            // If it is the text that cannot be written, it would fail for ever.
            if (error.code() == Code::InvalidArgument || error.code() == Code::Internal) each.ending.message.clear();
        }
        floor_.put_back(std::move(ended));
        throw;
    }
}

// Looks again when the next one is due.
void Foreman::expect(const std::vector<Verdict>& verdicts, const Store::Step& done) {
    const auto now = Clock::now();
    if (done.next_due) look_at_ = std::min(look_at_, now + *done.next_due);
    for (const Verdict& verdict : verdicts) {
        if (verdict.state == State::Waiting) look_at_ = std::min(look_at_, now + verdict.delay);
    }
}

}  // namespace host::jobs
