#include "host/events/deliveries.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

namespace host::events {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t batch_max = 256;
// So often at the least the position is written, however slow the subscriber is.
constexpr auto slice = 200ms;
// Other transactions end without telling us.
constexpr auto soon = 5ms;
constexpr std::size_t error_bytes_max = 500;

std::chrono::milliseconds back_off(std::uint32_t attempt, std::chrono::milliseconds first, std::chrono::milliseconds max) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const double factor = std::uniform_real_distribution<double>(0.5, 1.0)(random);
    const double doubled = static_cast<double>(first.count()) * static_cast<double>(1ULL << std::min(attempt - 1, 40u));
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::min(doubled, static_cast<double>(max.count())) * factor));
}

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
        if (key.first == subscriber->plugin) line.subscriber = nullptr;
    }
    for (const Subscription& subscription : subscriber->subscriptions) {
        if (!subscription.durable) continue;
        Line& line = lines_[{subscriber->plugin, subscription.name}];
        line.pattern_changed = line.pattern_changed || line.pattern != subscription.pattern;
        line.pattern = subscription.pattern;
        line.subscriber = subscriber;
        line.deliver = subscription.deliver;
        line.hungry = true;
    }
    claim_soon();
}

void Deliveries::retire(const Subscriber& subscriber) {
    std::lock_guard lock(mutex_);
    for (auto& [key, line] : lines_) {
        if (line.subscriber.get() == &subscriber) line.subscriber = nullptr;
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
        line.hungry = true;
}

Deliveries::Clock::time_point Deliveries::tick(Store& store) {
    if (Clock::now() >= claim_at_.load()) claim(store);
    std::unique_lock lock(mutex_);
    auto next = claim_at_.load();
    for (auto& [key, line] : lines_) {
        if (!line.claimed || line.under_way) continue;
        if (std::exchange(line.more_soon, false)) line.hungry = true;
        serve(key, line, store, lock);
        if (line.more_soon) next = std::min(next, Clock::now() + soon);
        if (line.failed || line.due > Clock::now()) next = std::min(next, line.due);
        if (!line.under_way && !line.batch.empty() && line.due <= Clock::now()) next = std::min(next, Clock::now() + 50ms);
    }
    return next;
}

// Ours are renewed, free ones taken, those that nobody here wants any more given back.
void Deliveries::claim(Store& store) {
    Store::Names wanted, unwanted;
    {
        std::lock_guard lock(mutex_);
        for (auto& [key, line] : lines_) {
            if (line.subscriber && !closed_) {
                wanted.push_back(key);
            } else if (line.claimed && !line.under_way) {
                unwanted.push_back(key);
            }
        }
    }
    claim_at_ = Clock::now() + std::min(settings_.lease / 3, settings_.poll);
    const auto asked_at = Clock::now();
    const auto claimed = wanted.empty() ? std::vector<ClaimedSubscription>{} : claimed_of(wanted, store);
    {
        std::unique_lock lock(mutex_);
        leased_until_ = asked_at + settings_.lease;
        std::map<Key, const ClaimedSubscription*> ours;
        for (const ClaimedSubscription& each : claimed)
            ours[{each.plugin, each.name}] = &each;
        for (auto& [key, line] : lines_) {
            const auto found = ours.find(key);
            if (found == ours.end()) {
                if (line.subscriber && !line.under_way) line.claimed = false;
                continue;
            }
            if (std::exchange(line.claimed, true) || line.under_way) continue;
            line.place = *found->second;
            line.after = line.place.position;
            line.batch.clear();
            line.done = line.saved = 0;
            line.hungry = true;
        }
        for (const Key& key : unwanted) {
            Line& line = lines_[key];
            if (line.under_way) continue;
            settle(key, line, store, lock);
            line.claimed = false;
            line.batch.clear();
            line.done = line.saved = 0;
        }
    }
    if (!unwanted.empty()) store.release(unwanted);
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

// Under the lock, which is open while the database works.
void Deliveries::serve(const Key& key, Line& line, Store& store, std::unique_lock<std::mutex>& lock) {
    if (!settle(key, line, store, lock)) return;
    // Past the lease another host may have it.
    if (!line.subscriber || closed_ || line.due > Clock::now() || Clock::now() >= leased_until_) return;
    if (std::exchange(line.pattern_changed, false)) {
        line.batch.clear();
        line.done = line.saved = 0;
        line.after = line.place.position;
    }
    if (line.done < line.batch.size()) return hand_out(key, line);
    while (line.hungry && line.done == line.batch.size()) {
        line.hungry = false;
        const Position from = line.after;
        const std::string pattern = line.pattern;
        lock.unlock();
        Store::Read read = store.read(from, pattern, batch_max);
        lock.lock();
        // What lies behind this window has not been looked at.
        if (!read.events.empty()) line.hungry = true;
        line.more_soon = read.more_soon;
        line.place.position = read.events.empty() ? read.after : read.before;
        line.after = read.after;
        line.batch = std::move(read.events);
        line.done = line.saved = 0;
    }
    if (!line.batch.empty()) hand_out(key, line);
}

// Writes how far the batch has come. False: the subscription is not ours any more.
bool Deliveries::settle(const Key& key, Line& line, Store& store, std::unique_lock<std::mutex>& lock) {
    std::optional<DeadEvent> dead;
    if (std::exchange(line.failed, false)) {
        if (++line.place.attempt >= settings_.attempts_max) {
            dead = DeadEvent{line.batch[line.done], line.place.attempt, line.error};
        } else {
            line.due = Clock::now() + back_off(line.place.attempt, settings_.retry_first, settings_.retry_max);
        }
    } else if (line.done == line.saved) {
        return true;
    }
    const std::size_t delivered = line.done - line.saved;
    if (dead) {
        ++line.done;
        ++dead_;
        line.place.attempt = 0;
        logger_.error(
            "an event is a dead letter",
            {{"plugin", key.first}, {"subscription", key.second}, {"event", dead->event->id}, {"reason", dead->error}});
    }
    const bool all = line.done == line.batch.size();
    if (all) {
        line.place.position = line.after;
    } else if (line.done > 0) {
        line.place.position.seq = line.batch[line.done - 1]->seq;
    }
    line.saved = line.done;
    const ClaimedSubscription place = line.place;
    const std::string error = line.place.attempt > 0 || dead ? line.error : "";
    lock.unlock();
    if (dead) store.bury(place, *dead);
    const bool ours = store.save(place, delivered, error);
    lock.lock();
    if (!ours) line.claimed = false;
    return ours;
}

void Deliveries::hand_out(const Key& key, Line& line) {
    if (!pool_.post([this, key] { work(key); })) return;  // the next tick tries again
    line.under_way = true;
    ++hands_;
}

void Deliveries::work(const Key& key) {
    const auto until = Clock::now() + slice;
    std::unique_lock lock(mutex_);
    Line& line = lines_[key];  // lines are never taken out
    while (line.done < line.batch.size() && line.subscriber && !closed_ && !line.failed && Clock::now() < leased_until_) {
        const EventPointer event = line.batch[line.done];
        const std::uint32_t attempt = line.done == line.saved ? line.place.attempt + 1 : 1;
        const SubscriberPointer subscriber = line.subscriber;
        const Deliver deliver = line.deliver;
        lock.unlock();
        std::optional<std::string> refusal = deliver(*event, attempt);
        lock.lock();
        if (refusal) {
            ++failed_;
            // The failures of an event before this one are over.
            if (line.done != line.saved) line.place.attempt = 0;
            line.failed = true;
            line.error = refusal->substr(0, error_bytes_max);
        } else {
            ++delivered_;
            ++line.done;
        }
        if (Clock::now() >= until) break;
    }
    if (line.done > line.saved && !line.failed) line.place.attempt = 0;
    line.under_way = false;
    lock.unlock();
    changed_();
    lock.lock();
    --hands_;
    idle_.notify_all();
}

void Deliveries::release_all(Store& store) {
    Store::Names names;
    {
        std::unique_lock lock(mutex_);
        for (auto& [key, line] : lines_) {
            if (!line.claimed || line.under_way) continue;
            settle(key, line, store, lock);
            line.claimed = false;
            names.push_back(key);
        }
    }
    if (!names.empty()) store.release(names);
}

}  // namespace host::events
