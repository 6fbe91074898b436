#include "host/jobs/floor.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "host/core/ids.hpp"

namespace host::jobs {

namespace {

// A hand then makes room for others of the pool: requests wait there, too.
constexpr std::chrono::milliseconds slice{20};

}  // namespace

Floor::Floor(const Settings& settings, core::ThreadPool& pool, std::function<void()> changed)
    : settings_(settings), pool_(pool), changed_(std::move(changed)) {}

Floor::~Floor() {
    close();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return hands_ == 0; });
}

Kind Floor::completed(Kind kind) const {
    if (kind.concurrency == 0) kind.concurrency = settings_.concurrency;
    if (kind.attempts_max == 0) kind.attempts_max = settings_.attempts_max;
    kind.attempts_max = std::min(kind.attempts_max, attempts_most);
    if (kind.retry_first.count() == 0) kind.retry_first = settings_.retry_first;
    if (kind.retry_max.count() == 0) kind.retry_max = settings_.retry_max;
    return kind;
}

void Floor::activate(WorkerPointer worker) {
    {
        std::lock_guard lock(mutex_);
        if (closed_) return;
        for (auto& [key, line] : lines_) {
            if (key.first == worker->plugin) line.worker = nullptr;
        }
        for (const Kind& kind : worker->kinds) {
            const Key key{worker->plugin, kind.name};
            Line& line = lines_[key];
            line.worker = worker;
            line.kind = completed(kind);
            line.hungry = true;
            call_hands(key, line);
        }
        for (auto& [key, line] : lines_) {
            if (key.first == worker->plugin && !line.worker) line.hand_back(ended_);
        }
    }
    changed_();
}

void Floor::retire(const Worker& worker) {
    {
        std::lock_guard lock(mutex_);
        for (auto& [key, line] : lines_) {
            if (line.worker.get() != &worker) continue;
            line.worker = nullptr;
            line.hand_back(ended_);
        }
        for (auto& [id, open] : runs_) {
            if (open.worker.get() == &worker) open.stop_asked = true;
        }
    }
    changed_();
}

void Floor::abandon(const Worker& worker) {
    {
        std::lock_guard lock(mutex_);
        for (auto run = runs_.begin(); run != runs_.end();) {
            const auto next = std::next(run);
            if (run->second.worker.get() == &worker)
                end(run, {Ending::Kind::Interrupted, core::Code::Cancelled, "INTERRUPTED", "its plugin stopped", {}});
            run = next;
        }
    }
    changed_();
}

void Floor::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        for (auto& [key, line] : lines_) {
            line.worker = nullptr;
            line.hand_back(ended_);
        }
    }
    changed_();
}

bool Floor::wait_idle(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return idle_.wait_until(lock, deadline, [&] { return runs_.empty(); });
}

std::vector<Want> Floor::wants() {
    std::lock_guard lock(mutex_);
    std::vector<Want> wants;
    for (auto& [key, line] : lines_) {
        call_hands(key, line);
        const std::size_t room = line.hungry && !closed_ ? line.room() : 0;
        if (room == 0) continue;
        // Set again by what happens while the claim is under way.
        line.hungry = false;
        wants.push_back({key.first, key.second, room});
    }
    return wants;
}

void Floor::look_everywhere() {
    {
        std::lock_guard lock(mutex_);
        for (auto& [key, line] : lines_)
            line.hungry = true;
    }
    changed_();
}

void Floor::take(const std::vector<Want>& wanted, std::vector<Claimed> claimed) {
    std::lock_guard lock(mutex_);
    std::map<Key, std::size_t> got;
    for (Claimed& job : claimed) {
        const Key key{job.plugin, job.kind};
        ++got[key];
        lines_[key].waiting.push_back(std::move(job));
    }
    for (const Want& want : wanted) {
        const Key key{want.plugin, want.kind};
        Line& line = lines_[key];
        if (got[key] >= want.room) line.hungry = true;
        if (line.worker && !closed_) {
            call_hands(key, line);
        } else {
            line.hand_back(ended_);
        }
    }
}

// As many as there is work for. If the pool is full, the hands that are there go on, and the next change tries again.
void Floor::call_hands(const Key& key, Line& line) {
    for (std::size_t missing = line.hands_missing(); missing > 0; --missing) {
        if (!pool_.post([this, key] { work(key); })) return;
        ++line.hands;
        ++hands_;
    }
}

void Floor::work(const Key& key) {
    const auto until = Clock::now() + slice;
    std::unique_lock lock(mutex_);
    while (work_one(key, lock)) {
        if (Clock::now() < until) continue;
        lock.unlock();
        const bool posted = pool_.post([this, key] { work(key); });
        lock.lock();
        if (posted) return;
    }
    --lines_[key].hands;
    --hands_;
    idle_.notify_all();
}

// Under the lock, which is open while the plugin runs. False: there is nothing to do for this hand.
bool Floor::work_one(const Key& key, std::unique_lock<std::mutex>& lock) {
    Line& line = lines_[key];  // lines are never taken out
    if (!line.has_work()) return false;
    const std::uint64_t id = core::next_id();
    Open& open = runs_[id];  // stays where it is while others come and go
    open.job = std::move(line.waiting.front());
    line.waiting.pop_front();
    open.worker = line.worker;
    open.begun = Clock::now();
    open.deadline = open.job.deadline.count() > 0 ? open.begun + open.job.deadline : Clock::time_point::max();
    ++line.running;

    // Copies of its own: a coroutine may finish, and with it the run, before handle() returns.
    const Claimed job = open.job;
    const WorkerPointer worker = open.worker;
    const auto handle = line.kind.handle;
    const Attempt run{id, job, open.deadline};
    ++line.inside;
    lock.unlock();
    std::optional<Ending> ending = handle(run);
    lock.lock();
    --line.inside;
    const auto found = runs_.find(id);
    if (!ending || found == runs_.end()) return true;
    if (found->second.stop_asked && ending->kind == Ending::Kind::Failed) ending->kind = Ending::Kind::Interrupted;
    end(found, std::move(*ending));
    const bool tell = ended_.size() == 1 || line.waiting.empty();
    if (tell) {
        lock.unlock();
        changed_();
        lock.lock();
    }
    return true;
}

void Floor::end(std::unordered_map<std::uint64_t, Open>::iterator run, Ending ending) {
    Open& open = run->second;
    Line& line = lines_[{open.job.plugin, open.job.kind}];
    --line.running;
    line.note_duration(Clock::now() - open.begun);
    ended_.push_back(
        {std::move(open.job), std::move(ending), open.cancel_asked, line.kind.retry_first, line.kind.retry_max});
    runs_.erase(run);
    if (runs_.empty()) idle_.notify_all();
}

bool Floor::finish(std::uint64_t id, Ending ending) {
    {
        std::lock_guard lock(mutex_);
        const auto run = runs_.find(id);
        if (run == runs_.end()) return false;
        const Key key{run->second.job.plugin, run->second.job.kind};
        // While its plugin stops, all it begins fails: that is no failure of the job.
        if (run->second.stop_asked && ending.kind == Ending::Kind::Failed) ending.kind = Ending::Kind::Interrupted;
        end(run, std::move(ending));
        call_hands(key, lines_[key]);
    }
    changed_();
    return true;
}

gantry_status Floor::progress(std::uint64_t id, std::uint32_t permille, std::string note) {
    std::lock_guard lock(mutex_);
    const auto run = runs_.find(id);
    if (run == runs_.end()) return GANTRY_E_GONE;
    Open& open = run->second;
    open.permille = std::min(permille, 1000u);
    open.note = std::move(note);
    open.progressed = true;
    if (open.cancel_asked || open.stop_asked) return GANTRY_E_CANCELLED;
    return Clock::now() >= open.deadline ? GANTRY_E_TIMEOUT : GANTRY_OK;
}

std::vector<Progress> Floor::progressed() {
    std::lock_guard lock(mutex_);
    std::vector<Progress> all;
    for (auto& [id, open] : runs_) {
        if (std::exchange(open.progressed, false)) all.push_back({open.job.id, open.permille, open.note});
    }
    return all;
}

std::vector<Ended> Floor::ended() {
    std::lock_guard lock(mutex_);
    return std::exchange(ended_, {});
}

void Floor::put_back(std::vector<Ended> ended) {
    std::lock_guard lock(mutex_);
    ended_.insert(ended_.begin(), std::make_move_iterator(ended.begin()), std::make_move_iterator(ended.end()));
}

std::vector<std::string> Floor::held() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> ids;
    for (const auto& [id, open] : runs_)
        ids.push_back(open.job.id);
    for (const auto& [key, line] : lines_) {
        for (const Claimed& job : line.waiting)
            ids.push_back(job.id);
    }
    for (const Ended& ended : ended_)
        ids.push_back(ended.job.id);
    return ids;
}

void Floor::ask_cancel(const std::set<std::string>& jobs) {
    {
        std::lock_guard lock(mutex_);
        for (auto& [id, open] : runs_) {
            if (jobs.count(open.job.id) != 0) open.cancel_asked = true;
        }
        for (auto& [key, line] : lines_)
            line.hand_back(jobs, ended_);
    }
    changed_();
}

void Floor::ask_cancel_all() {
    std::lock_guard lock(mutex_);
    for (auto& [id, open] : runs_)
        open.stop_asked = true;
    for (auto& [key, line] : lines_)
        line.waiting.clear();
}

std::uint32_t Floor::attempts_max(const std::string& plugin, const std::string& kind) const {
    std::lock_guard lock(mutex_);
    const auto line = lines_.find({plugin, kind});
    const bool is_known = line != lines_.end() && line->second.kind.attempts_max > 0;
    return is_known ? line->second.kind.attempts_max : settings_.attempts_max;
}

FloorCounts Floor::counts() const {
    std::lock_guard lock(mutex_);
    FloorCounts counts{runs_.size(), 0};
    for (const auto& [key, line] : lines_)
        counts.waiting += line.waiting.size();
    return counts;
}

}  // namespace host::jobs
