#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/database/migrator.hpp"
#include "host/database/statement.hpp"

namespace bench {

// A private PostgreSQL with the host's own schema, and a pool: what the rooms stand on. Leaves nothing behind.
class PrivateDatabase {
  public:
    explicit PrivateDatabase(const char* migrations) {
        database.start();
        host::database::Migrator(database.access(), logger).apply("gantry", migrations);
    }
    ~PrivateDatabase() {
        database.stop();
        std::filesystem::remove_all(directory);
    }

    // What is really there: the single number that a statement gives.
    std::int64_t number(const char* statement) {
        const auto client = database.client("gantry");
        host::database::Statement asked(statement);
        return host::database::integer_at(host::database::run(*client, asked.idempotent()), 0, 0);
    }

  private:
    static std::string new_directory() {
        std::string made = "/tmp/gantry-bench-XXXXXX";
        if (mkdtemp(made.data()) == nullptr) throw std::runtime_error("cannot make a directory in /tmp");
        std::filesystem::permissions(made, std::filesystem::perms(0755));
        return made;
    }
    host::database::Settings settings() const {
        host::database::Settings settings;
        settings.data_directory = directory;
        return settings;
    }

  public:
    const std::string directory = new_directory();
    const host::log::Logger logger{
        host::log::open_stderr({.level = host::log::Level::Warn, .format = host::log::Format::Text, .levels = {}}), "bench"};
    host::core::ThreadPool pool{"blocking", {8, 1024}};
    host::database::Database database{settings(), logger};
};

}  // namespace bench
