#include "host/events/local.hpp"

#include <chrono>

#include "host/core/ids.hpp"

namespace host::events {

namespace {

// A hand then makes room for others of the pool.
constexpr std::chrono::milliseconds slice{20};

}  // namespace

Local::Local(core::ThreadPool& pool, std::size_t queue_max, log::Logger logger, std::function<void()> refused)
    : pool_(pool), queue_max_(queue_max), logger_(std::move(logger)), refused_(std::move(refused)) {}

Local::~Local() {
    for (const auto& [key, line] : lines_) {
        std::lock_guard lock(line->mutex);
        line->subscriber = nullptr;
    }
    std::unique_lock lock(hands_mutex_);
    no_hands_.wait(lock, [this] { return hands_ == 0; });
}

void Local::activate(const SubscriberPointer& subscriber) {
    bool all_called = true;
    {
        std::unique_lock lock(lines_mutex_);
        std::map<Key, const Subscription*> declared;
        for (const Subscription& subscription : subscriber->subscriptions) {
            if (!subscription.durable) declared[{subscriber->plugin, subscription.name}] = &subscription;
        }
        std::erase_if(lines_, [&](const auto& entry) {
            if (entry.first.first != subscriber->plugin || declared.count(entry.first) != 0) return false;
            std::lock_guard line(entry.second->mutex);
            entry.second->subscriber = nullptr;
            return true;
        });
        for (const auto& [key, subscription] : declared) {
            std::shared_ptr<Line>& line = lines_[key];
            if (!line) line = std::make_shared<Line>();
            {
                std::lock_guard guard(line->mutex);
                line->name = key.first + "/" + key.second;
                line->pattern = subscription->pattern;
                line->subscriber = subscriber;
                line->deliver = subscription->deliver;
            }
            all_called = call_hand(line) && all_called;
        }
    }
    count_listeners();
    if (!all_called) note_refusal();
}

void Local::retire(const Subscriber& subscriber) {
    {
        std::unique_lock lock(lines_mutex_);
        std::erase_if(lines_, [&](const auto& entry) {
            std::lock_guard line(entry.second->mutex);
            if (entry.second->subscriber.get() != &subscriber) return false;
            entry.second->subscriber = nullptr;
            entry.second->waiting.clear();
            return true;
        });
    }
    count_listeners();
}

void Local::count_listeners() {
    std::shared_lock lines(lines_mutex_);
    std::shared_lock taps(taps_mutex_);
    listeners_ = lines_.size() + taps_.size();
}

std::uint64_t Local::tap(std::function<void(const Event&)> tapped) {
    const std::uint64_t id = core::next_id();
    {
        std::unique_lock lock(taps_mutex_);
        taps_.emplace(id, std::move(tapped));
    }
    count_listeners();
    return id;
}

void Local::untap(std::uint64_t tap) {
    {
        std::unique_lock lock(taps_mutex_);
        taps_.erase(tap);
    }
    count_listeners();
}

void Local::publish(EventPointer event) {
    {
        std::shared_lock lock(taps_mutex_);
        for (const auto& [id, tapped] : taps_)
            tapped(*event);
    }
    bool all_called = true;
    {
        std::shared_lock lock(lines_mutex_);
        for (const auto& [key, line] : lines_) {
            if (queue(*line, event)) all_called = call_hand(line) && all_called;
        }
    }
    if (!all_called) note_refusal();
}

// False: it does not concern this line.
bool Local::queue(Line& line, const EventPointer& event) {
    std::lock_guard guard(line.mutex);
    if (!line.subscriber || !matches(line.pattern, event->topic)) return false;
    if (line.waiting.size() >= queue_max_) {
        line.waiting.pop_front();
        if (dropped_++ % 1000 == 0) logger_.warn("a subscriber is too slow and loses events", {{"subscription", line.name}});
    }
    line.waiting.push_back(event);
    return true;
}

bool Local::offer_again() {
    // First, so that a refusal meanwhile is told again.
    if (!some_refused_.exchange(false)) return true;
    bool all_called = true;
    {
        std::shared_lock lock(lines_mutex_);
        for (const auto& [key, line] : lines_)
            all_called = call_hand(line) && all_called;
    }
    if (!all_called) some_refused_ = true;
    return all_called;
}

void Local::note_refusal() {
    if (!some_refused_.exchange(true)) refused_();
}

// If nobody is there for what waits. False: the pool is full.
bool Local::call_hand(const std::shared_ptr<Line>& line) {
    {
        std::lock_guard guard(line->mutex);
        if (line->active || line->waiting.empty() || !line->subscriber) return true;
        line->active = true;
    }
    {
        std::lock_guard lock(hands_mutex_);
        ++hands_;
    }
    if (pool_.post([this, line] { work(line); })) return true;
    {
        std::lock_guard guard(line->mutex);
        line->active = false;
    }
    std::lock_guard lock(hands_mutex_);
    if (--hands_ == 0) no_hands_.notify_all();
    return false;
}

void Local::work(const std::shared_ptr<Line>& line) {
    const auto until = std::chrono::steady_clock::now() + slice;
    for (std::unique_lock guard(line->mutex);;) {
        if (line->waiting.empty() || !line->subscriber) {
            line->active = false;
            break;
        }
        if (std::chrono::steady_clock::now() >= until) {
            guard.unlock();
            if (pool_.post([this, line] { work(line); })) return;
            guard.lock();
        }
        if (line->waiting.empty() || !line->subscriber) continue;
        const EventPointer event = std::move(line->waiting.front());
        line->waiting.pop_front();
        const SubscriberPointer subscriber = line->subscriber;
        const Deliver deliver = line->deliver;
        guard.unlock();
        const auto refusal = deliver(*event, 1);
        ++delivered_;
        if (refusal) logger_.warn("a subscriber refused an event", {{"subscription", line->name}, {"reason", *refusal}});
        guard.lock();
    }
    std::lock_guard lock(hands_mutex_);
    if (--hands_ == 0) no_hands_.notify_all();
}

}  // namespace host::events
