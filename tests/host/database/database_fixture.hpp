#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "host/database/database.hpp"
#include "host/database/migrator.hpp"
#include "tests/host/database/values.hpp"
#include "tests/support/postgres.hpp"

namespace tests {

// A started Database with the calls of its clients made synchronous.
class RunningDatabase {
  public:
    explicit RunningDatabase(host::database::Settings settings = fresh_settings())
        : database(std::move(settings), quiet_logger()) {
        database.start();
    }

    // A client whose schema exists.
    std::unique_ptr<host::database::Client> client(const std::string& owner) {
        host::database::Migrator(database.access(), quiet_logger()).apply(owner, "/nowhere");
        return database.client(owner);
    }

    host::database::Database database;
};

struct Pending {
    std::future<host::database::Outcome> outcome;
    std::uint64_t operation;
};

inline host::database::Completion keep(std::promise<host::database::Outcome>&& promise) {
    auto shared = std::make_shared<std::promise<host::database::Outcome>>(std::move(promise));
    return [shared](host::database::Outcome&& outcome) { shared->set_value(std::move(outcome)); };
}

inline host::database::Query make_query(const std::string& sql, const std::vector<gantry_value>& parameters = {},
                                        std::uint64_t transaction = 0) {
    host::database::Query query;
    query.sql = sql;
    query.parameters = std::vector<host::database::Value>(parameters.begin(), parameters.end());
    query.transaction = transaction;
    return query;
}

inline Pending start(host::database::Client& client, host::database::Query query) {
    std::promise<host::database::Outcome> promise;
    auto outcome = promise.get_future();
    return {std::move(outcome), client.query(std::move(query), keep(std::move(promise)))};
}

inline host::database::Outcome run(host::database::Client& client, host::database::Query query) {
    return start(client, std::move(query)).outcome.get();
}
inline host::database::Outcome run(host::database::Client& client, const std::string& sql,
                                   const std::vector<gantry_value>& parameters = {}, std::uint64_t transaction = 0) {
    return run(client, make_query(sql, parameters, transaction));
}

inline host::database::Outcome begin(host::database::Client& client, host::database::TransactionOptions options = {}) {
    std::promise<host::database::Outcome> promise;
    auto outcome = promise.get_future();
    client.begin(options, keep(std::move(promise)));
    return outcome.get();
}

inline host::database::Outcome end(host::database::Client& client, std::uint64_t transaction,
                                   host::database::Ending ending) {
    std::promise<host::database::Outcome> promise;
    auto outcome = promise.get_future();
    client.end(transaction, ending, keep(std::move(promise)));
    return outcome.get();
}

inline std::int64_t number(const host::database::Outcome& outcome) {
    return outcome.error || outcome.rows.size() == 0 ? -1 : outcome.rows.cell(0, 0).as.integer;
}

// "" or the SQLSTATE's name or the code's.
inline std::string failure(const host::database::Outcome& outcome) {
    if (!outcome.error) return {};
    return outcome.error->name().empty() ? std::string(host::core::name_of(outcome.error->code())) : outcome.error->name();
}

}  // namespace tests
