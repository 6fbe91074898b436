#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <gantry/abi/events.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

struct PublishedEvent {
    std::string topic;
    std::string key;
    std::string payload;
    std::string id;
    bool local = false;
    gantry_id transaction = 0;
};

// What a subscriber answered.
struct DeliveryResult {
    gantry_status status = GANTRY_OK;
    std::string message;
};

// gantry.events/1 that delivers nothing by itself: it remembers what is published, and a test delivers what it wants.
class FakeEvents {
  public:
    explicit FakeEvents(Calls& calls) : calls_(calls) {}

    std::vector<PublishedEvent> published() const {
        const std::lock_guard lock(mutex_);
        return published_;
    }
    // Delivers to one subscription by its name, on this thread, as a blocking one.
    DeliveryResult deliver(const std::string& subscription, const std::string& topic, const std::string& payload,
                           std::uint32_t attempt = 1) {
        std::unique_lock lock(mutex_);
        const Subscription* found = nullptr;
        for (const Subscription& each : subscriptions_) {
            if (each.name == subscription) found = &each;
        }
        if (found == nullptr) return {GANTRY_E_NOT_FOUND, "there is no subscription " + subscription};
        const Subscription wanted = *found;
        lock.unlock();
        gantry_event event{};
        event.struct_size = sizeof event;
        event.attempt = attempt;
        event.topic = str(topic);
        event.id = str("evt_1");
        event.payload = {payload.data(), payload.size()};
        event.source = str("test");
        gantry_error error = gantry::detail::empty_error();
        const ThreadKindScope blocking(GANTRY_THREAD_BLOCKING);
        const gantry_status status = wanted.call(wanted.user, &event, &error);
        return {status, error.message};
    }
    // "name pattern", durable ones with " durable" behind.
    std::vector<std::string> subscriptions() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all;
        for (const Subscription& each : subscriptions_)
            all.push_back(each.name + " " + each.pattern + (each.durable ? " durable" : ""));
        return all;
    }

    gantry_status publish(const gantry_event& event, std::uint32_t flags, gantry_id transaction, gantry_done done,
                          void* user) {
        const std::lock_guard lock(mutex_);
        const bool local = (flags & GANTRY_PUBLISH_LOCAL) != 0;
        published_.push_back({std::string(view(event.topic)), std::string(view(event.key)), std::string(view(event.payload)),
                              std::string(view(event.id)), local, transaction});
        if (local) return GANTRY_OK;
        calls_.add([done, user] { done(user, GANTRY_OK, nullptr); });
        return GANTRY_PENDING;
    }
    gantry_status subscribe(const gantry_subscription& subscription) {
        const std::lock_guard lock(mutex_);
        subscriptions_.push_back({std::string(view(subscription.name)), std::string(view(subscription.pattern)),
                                  (subscription.flags & GANTRY_SUBSCRIBE_DURABLE) != 0, subscription.subscriber,
                                  subscription.user});
        return GANTRY_OK;
    }

  private:
    struct Subscription {
        std::string name;
        std::string pattern;
        bool durable;
        gantry_subscriber call;
        void* user;
    };

    Calls& calls_;
    mutable std::mutex mutex_;
    std::vector<Subscription> subscriptions_;
    std::vector<PublishedEvent> published_;
};

}  // namespace gantry::testing
