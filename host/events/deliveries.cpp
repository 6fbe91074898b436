#include "host/events/deliveries.hpp"

#include <algorithm>
#include <utility>

#include "host/core/back_off.hpp"
#include "host/core/error.hpp"

namespace host::events {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t batch_max = 256;
// So often at the least the position is written, however slow the subscriber is.
constexpr auto slice = 200ms;
// Other transactions end without telling us.
constexpr auto soon = 5ms;
// The pool may have been full: it is asked again.
constexpr auto pool_patience = 50ms;

}  // namespace

Deliveries::Deliveries(const Settings& settings, core::ThreadPool& pool, log::Logger logger, std::function<void()> changed)
    : settings_(settings), pool_(pool), logger_(std::move(logger)), changed_(std::move(changed)) {}

Deliveries::~Deliveries() {
    close();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return hands_ == 0; });
}

void Deliveries::activate(const SubscriberPointer& subscriber) {
    std::lock_guard lock(mutex_);
    for (auto& [key, line] : lines_) {
        if (key.first == subscriber->plugin) line.retire();
    }
    for (const Subscription& subscription : subscriber->subscriptions) {
        if (subscription.durable) lines_[{subscriber->plugin, subscription.name}].activate(subscriber, subscription);
    }
    claim_soon();
}

void Deliveries::retire(const Subscriber& subscriber) {
    std::lock_guard lock(mutex_);
    for (auto& [key, line] : lines_) {
        if (line.is_of(subscriber)) line.retire();
    }
    claim_soon();
}

void Deliveries::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
}

bool Deliveries::wait_idle(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return idle_.wait_until(lock, deadline, [&] { return hands_ == 0; });
}

void Deliveries::look_everywhere() {
    std::lock_guard lock(mutex_);
    for (auto& [key, line] : lines_)
        line.look();
}

std::vector<Deliveries::Entry*> Deliveries::entries(const std::function<bool(const Line&)>& wanted) {
    std::lock_guard lock(mutex_);
    std::vector<Entry*> found;
    for (Entry& entry : lines_) {
        if (wanted(entry.second)) found.push_back(&entry);
    }
    return found;
}

Deliveries::Clock::time_point Deliveries::tick(Store& store) {
    if (Clock::now() >= claim_at_.load()) claim(store);
    auto next = claim_at_.load();
    for (Entry* entry : entries([](const Line& line) { return line.is_claimed() && !line.under_way; })) {
        serve(*entry, store);
        next = std::min(next, next_look_at(entry->second));
    }
    return next;
}

Deliveries::Clock::time_point Deliveries::next_look_at(const Line& line) {
    std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (line.under_way) return Clock::time_point::max();
    if (line.due > now) return line.due;
    if (line.has_next()) return now + pool_patience;
    return line.has_more_soon() ? now + soon : Clock::time_point::max();
}

// Ours are renewed, free ones taken, those that nobody here wants any more given back.
void Deliveries::claim(Store& store) {
    Store::Names wanted;
    for (const Entry* entry : entries([this](const Line& line) { return line.is_wanted() && !closed_; }))
        wanted.push_back(entry->first);
    claim_at_ = Clock::now() + std::min(settings_.lease / 3, settings_.poll);
    const auto asked_at = Clock::now();
    const auto claimed = wanted.empty() ? std::vector<ClaimedSubscription>{} : claimed_of(wanted, store);
    go_on(wanted, claimed);
    {
        std::lock_guard lock(mutex_);
        leased_until_ = asked_at + settings_.lease;
    }
    give_back(
        entries([this](const Line& line) { return line.is_claimed() && !line.under_way && (closed_ || !line.is_wanted()); }),
        store);
}

// With those of hosts that have died.
std::vector<ClaimedSubscription> Deliveries::claimed_of(const Store::Names& wanted, Store& store) {
    auto claimed = store.claim(wanted, settings_.lease);
    if (claimed.size() == wanted.size()) return claimed;
    const auto beats = store.heartbeats(wanted);
    // Asked after the beats were read: what is counted from here ends after what their hosts count.
    const auto silent = silence_.dead(beats, Clock::now(), settings_.lease);
    if (silent.empty()) return claimed;
    if (const std::size_t freed = store.free(silent); freed > 0)
        logger_.info("subscriptions of a host that is not heard of go on here", {{"subscriptions", freed}});
    return store.claim(wanted, settings_.lease);
}

void Deliveries::go_on(const Store::Names& wanted, const std::vector<ClaimedSubscription>& claimed) {
    std::lock_guard lock(mutex_);
    std::map<Key, const ClaimedSubscription*> ours;
    for (const ClaimedSubscription& each : claimed)
        ours[{each.plugin, each.name}] = &each;
    for (const Key& key : wanted) {
        Line& line = lines_[key];
        const auto found = ours.find(key);
        if (found != ours.end()) {
            line.claim(*found->second);
        } else if (!line.under_way) {
            line.lose();
        }
    }
}

// They stay ours until others may have them: if the database fails, the next tick tries again.
void Deliveries::give_back(const std::vector<Entry*>& entries, Store& store) {
    if (entries.empty()) return;
    Store::Names names;
    for (Entry* entry : entries) {
        settle(*entry, store);
        names.push_back(entry->first);
    }
    store.release(names);
    std::lock_guard lock(mutex_);
    for (Entry* entry : entries)
        entry->second.lose();
}

void Deliveries::serve(Entry& entry, Store& store) {
    Line& line = entry.second;
    if (!settle(entry, store)) return;
    {
        std::lock_guard lock(mutex_);
        line.look_again();
    }
    while (const auto wish = wish_of(line)) {
        Read read = store.read(wish->from, wish->pattern, batch_max);
        std::lock_guard lock(mutex_);
        line.take(std::move(read));
    }
    hand_out(line);
}

// Under the lock. Past the lease another host may have it.
bool Deliveries::may_be_served(const Line& line) const {
    const auto now = Clock::now();
    return line.is_wanted() && !closed_ && line.due <= now && now < leased_until_;
}

std::optional<Line::Wish> Deliveries::wish_of(Line& line) {
    std::lock_guard lock(mutex_);
    return may_be_served(line) ? line.wish() : std::nullopt;
}

// Writes how far it has come, and what has become a dead letter. False: the subscription is not ours any more.
bool Deliveries::settle(Entry& entry, Store& store) {
    auto& [key, line] = entry;
    std::optional<Progress> progress;
    {
        std::lock_guard lock(mutex_);
        progress = line.unwritten(settings_.attempts_max);
    }
    if (!progress) return true;
    const bool ours = save(*progress, line, store);
    const std::uint32_t failures = progress->place.attempt;
    const auto pause = failures > 0 ? core::back_off(failures, settings_.retry_first, settings_.retry_max) : 0ms;
    {
        std::lock_guard lock(mutex_);
        ours ? line.written(*progress, Clock::now() + pause) : line.lose();
    }
    if (!ours || !progress->dead) return ours;
    ++dead_;
    logger_.error("an event is a dead letter", {{"plugin", key.first},
                                                {"subscription", key.second},
                                                {"event", progress->dead->event->id},
                                                {"reason", progress->error}});
    return true;
}

bool Deliveries::save(const Progress& progress, Line& line, Store& store) {
    try {
        return store.save(progress);
    } catch (const core::Error& error) {
        std::lock_guard lock(mutex_);
        // If it is the text that cannot be written, it would fail for ever.
        if (error.code() == core::Code::InvalidArgument) line.forget_reason();
        throw;
    }
}

void Deliveries::hand_out(Line& line) {
    std::lock_guard lock(mutex_);
    if (!may_be_served(line) || !line.has_next()) return;
    if (!pool_.post([this, &line] { work(line); })) return;  // the next tick tries again
    line.under_way = true;
    ++hands_;
}

void Deliveries::work(Line& line) {
    const auto until = Clock::now() + slice;
    std::unique_lock lock(mutex_);
    while (line.has_next() && line.is_wanted() && !closed_ && Clock::now() < leased_until_) {
        const Line::Call call = line.next();
        lock.unlock();
        const std::optional<std::string> refusal = call.deliver(*call.event, call.attempt);
        ++(refusal ? failed_ : delivered_);
        lock.lock();
        line.note(refusal);
        if (Clock::now() >= until) break;
    }
    line.under_way = false;
    lock.unlock();
    changed_();
    lock.lock();
    --hands_;
    idle_.notify_all();
}

void Deliveries::release_all(Store& store) {
    give_back(entries([](const Line& line) { return line.is_claimed() && !line.under_way; }), store);
}

}  // namespace host::events
