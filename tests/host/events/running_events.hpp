#pragma once

#include <algorithm>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/events/events.hpp"
#include "tests/support/room_host.hpp"

namespace tests {

using namespace std::chrono_literals;

// Settings for tests: nothing waits long.
inline host::events::Settings quick_settings() {
    host::events::Settings settings;
    settings.retry_first = 2ms;
    settings.retry_max = 20ms;
    settings.attempts_max = 3;
    settings.poll = 60s;  // what works only thanks to the poll is a defect
    settings.lease = 10s;
    return settings;
}

// One host with the events room.
struct Host : RoomHost {
    explicit Host(const Server& server, host::events::Settings settings = quick_settings())
        : RoomHost(server), events(settings, database, pool, quiet_logger()) {
        events.start();
    }
    ~Host() {
        client.reset();
        events.stop();
    }

    // "" or why it was refused.
    std::string publish(host::events::Event event) {
        auto promise = std::make_shared<std::promise<std::string>>();
        auto result = promise->get_future();
        events.publish(std::move(event), [promise](const host::core::Error* error) {
            promise->set_value(error == nullptr ? "" : error->what());
        });
        return result.get();
    }

    host::events::Events events;
};

// What a subscriber has heard, in its order.
class Heard {
  public:
    void add(const std::string& what) {
        std::lock_guard lock(mutex_);
        all_.push_back(what);
    }
    std::vector<std::string> all() const {
        std::lock_guard lock(mutex_);
        return all_;
    }
    // The first `count`, or what there is when patience ends.
    std::vector<std::string> wait_for(std::size_t count) const {
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            auto now = all();
            if (now.size() >= count || std::chrono::steady_clock::now() > until) return now;
            std::this_thread::yield();
        }
    }
    bool wait_for(const std::string& wanted) const {
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            const auto now = all();
            if (std::find(now.begin(), now.end(), wanted) != now.end()) return true;
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::yield();
        }
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> all_;
};

inline host::events::Event event_of(std::string payload, std::string topic = "notes.created", std::string id = {}) {
    host::events::Event event;
    event.source = topic.substr(0, topic.find('.'));
    event.topic = std::move(topic);
    event.key = "7";
    event.payload = std::move(payload);
    event.id = std::move(id);
    return event;
}

inline host::events::SubscriberPointer subscriber_of(std::vector<host::events::Subscription> subscriptions) {
    return std::make_shared<const host::events::Subscriber>(host::events::Subscriber{"mailer", std::move(subscriptions)});
}
inline host::events::Subscription durable(std::string pattern, host::events::Deliver deliver) {
    return {"all", std::move(pattern), true, std::move(deliver)};
}
inline host::events::Deliver into(Heard& heard) {
    return [&heard](const host::events::Event& event, std::uint32_t) -> std::optional<std::string> {
        heard.add(event.payload);
        return std::nullopt;
    };
}

inline const std::string is_claimed = "select count(*) from event_subscription where host is not null";

}  // namespace tests
