#include "host/bridge/database_service.hpp"

#include <utility>
#include <vector>

#include "host/bridge/entrance.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {

namespace {

// The one way from a completion of the database to a callback of the plugin: through the gate, and with the error as the
// ABI shows it. `call` gets the status, the outcome and the error, which is null on success.
template <typename Call>
database::Completion through(std::shared_ptr<core::Gate> gate, Call call) {
    return [entrance = Entrance(std::move(gate)), call = std::move(call)](database::Outcome&& outcome) {
        const Entrance::Pass pass(entrance);
        if (!pass) return;
        if (!outcome.error) {
            call(GANTRY_OK, outcome, static_cast<const gantry_error*>(nullptr));
            return;
        }
        const gantry_error error = to_abi(*outcome.error);
        call(error.status, outcome, &error);
    };
}

database::TransactionOptions options_from(const gantry_transaction* passed) {
    database::TransactionOptions options;
    if (passed == nullptr) return options;
    const std::uint32_t flags = incoming(passed).flags;
    options.read_only = (flags & GANTRY_TRANSACTION_READ_ONLY) != 0;
    if ((flags & GANTRY_TRANSACTION_REPEATABLE_READ) != 0) options.isolation = database::Isolation::RepeatableRead;
    if ((flags & GANTRY_TRANSACTION_SERIALIZABLE) != 0) options.isolation = database::Isolation::Serializable;
    return options;
}

}  // namespace

DatabaseService::DatabaseService(const std::string& owner, database::Database* database, std::shared_ptr<core::Gate> gate)
    : gate_(std::move(gate)), client_(database != nullptr ? database->client(owner) : nullptr) {}

database::Client& DatabaseService::client() const {
    if (!client_) throw core::Error(core::Code::Unavailable, "the database is not there: the host runs offline");
    return *client_;
}

gantry_id DatabaseService::query(const gantry_query& passed, gantry_rows_done done, void* user) {
    require(done, "done");
    const gantry_query query = incoming(&passed);
    database::Query own;
    own.sql = copy(query.sql);
    own.parameters.reserve(query.params_n);
    for (std::uint32_t i = 0; i < query.params_n; ++i)
        own.parameters.emplace_back(query.params[i]);
    own.transaction = query.transaction;
    own.deadline = std::chrono::milliseconds(query.deadline_ms);
    own.idempotent = (query.flags & GANTRY_QUERY_IDEMPOTENT) != 0;
    return client().query(std::move(own), through(gate_, [done, user](auto status, auto& outcome, auto* error) {
                              done(user, status, error == nullptr ? &outcome.rows.view() : nullptr, error);
                          }));
}

gantry_id DatabaseService::copy_in(const gantry_copy& passed, gantry_rows_done done, void* user) {
    require(done, "done");
    return client().copy_in(database::make_copy(incoming(&passed)),
                            through(gate_, [done, user](auto status, auto& outcome, auto* error) {
                                done(user, status, error == nullptr ? &outcome.rows.view() : nullptr, error);
                            }));
}

void DatabaseService::begin(const gantry_transaction* options, gantry_begin_done done, void* user) {
    require(done, "done");
    client().begin(options_from(options), through(gate_, [done, user](auto status, auto& outcome, auto* error) {
                       done(user, status, outcome.transaction, error);
                   }));
}

void DatabaseService::end(gantry_id transaction, database::Ending ending, gantry_done done, void* user) {
    require(done, "done");
    client().end(transaction, ending,
                 through(gate_, [done, user](auto status, auto&, auto* error) { done(user, status, error); }));
}

void DatabaseService::cancel(gantry_id operation) {
    client().cancel(operation);
}

void DatabaseService::silence() {
    if (client_) client_->abandon();
}

}  // namespace host::bridge
