#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/database/migrator.hpp"
#include "host/database/statement.hpp"
#include "tests/support/postgres.hpp"

namespace tests {

inline constexpr std::chrono::seconds patience{60};

// Does what a client completes later, and waits for it.
inline host::database::Outcome wait(const std::function<void(host::database::Completion)>& call) {
    std::promise<host::database::Outcome> answer;
    call([&](host::database::Outcome&& outcome) { answer.set_value(std::move(outcome)); });
    return answer.get_future().get();
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

// What a room of one host stands on: a pool and a database, and a client of the test's own beside it.
struct RoomHost {
    explicit RoomHost(const Server& server) : pool("blocking", {8, 1024}), database(server.settings(), quiet_logger()) {
        database.start();
        client = database.client("gantry");
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
    std::unique_ptr<host::database::Client> client;
};

// A table that refuses to be written until end(), and tells when somebody has tried.
class Outage {
  public:
    Outage(RoomHost& host, std::string table) : host_(host), table_(std::move(table)) {
        host_.command("create sequence felt");  // its numbers stay taken when all else is rolled back
        host_.command(
            "create function refuse() returns trigger language plpgsql as $$ begin perform nextval('gantry.felt');"
            " raise exception 'the test wants no writing'; end $$");
        host_.command("create trigger outage before insert or update on " + table_ +
                      " for each statement execute function refuse()");
    }
    void end() const { host_.command("drop trigger outage on " + table_); }
    bool wait_until_felt() const { return host_.wait_until("select count(*) from felt where is_called", 1); }

  private:
    RoomHost& host_;
    const std::string table_;
};

}  // namespace tests
