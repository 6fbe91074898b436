#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/database/migrator.hpp"
#include "host/database/statement.hpp"
#include "host/events/events.hpp"
#include "tests/support/postgres.hpp"

namespace tests {

using namespace std::chrono_literals;

inline constexpr auto patience = 60s;

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

// A database with the host's schema.
struct Server {
    Server() : url(fresh_database()) {
        host::database::Database database(settings(), quiet_logger());
        database.start();
        host::database::Migrator(database.access(), quiet_logger()).apply("gantry", GANTRY_MIGRATIONS);
    }
    host::database::Settings settings() const {
        host::database::Settings settings;
        settings.url = url;
        settings.connections = 3;
        return settings;
    }

    const std::string url;
};

// One host: a database, a pool and the events room.
struct Host {
    explicit Host(const Server& server, host::events::Settings settings = quick_settings())
        : pool("blocking", {8, 1024}),
          database(server.settings(), quiet_logger()),
          events(settings, database, pool, quiet_logger()) {
        database.start();
        events.start();
        client = database.client("gantry");
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
    std::int64_t number(const std::string& sql) {
        host::database::Statement statement(sql);
        const auto rows = host::database::run(*client, statement);
        return rows.size() == 0 ? -1 : host::database::integer_at(rows, 0, 0);
    }
    void command(const std::string& sql) {
        host::database::Statement statement(sql);
        host::database::run(*client, statement);
    }
    bool wait_until(const std::string& sql, std::int64_t wanted) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (number(sql) != wanted) {
            if (std::chrono::steady_clock::now() > until) return false;
        }
        return true;
    }

    host::core::ThreadPool pool;
    host::database::Database database;
    host::events::Events events;
    std::unique_ptr<host::database::Client> client;
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
