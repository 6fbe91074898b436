#include "host/database/executor.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "host/core/ids.hpp"
#include "host/core/scheduling.hpp"
#include "host/core/thread_kind.hpp"
#include "host/database/errors.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;
using namespace std::chrono_literals;

namespace {

// How long statements that go together may take before each is carried out alone.
constexpr auto batch_patience = 100ms;

// For what the host does on its own account between operations.
Bounds housekeeping_bounds() {
    return {Monotonic::now() + 5s, 1024 * 1024};
}

std::string begin_statement(const TransactionOptions& options) {
    std::string sql = "begin";
    if (options.isolation == Isolation::RepeatableRead) sql += " isolation level repeatable read";
    if (options.isolation == Isolation::Serializable) sql += " isolation level serializable";
    if (options.read_only) sql += options.isolation == Isolation::ReadCommitted ? " read only" : ", read only";
    return sql;
}

bool is_idempotent(const Operation& operation) {
    const auto* query = std::get_if<Query>(&operation.work);
    return query != nullptr && query->idempotent;
}

}  // namespace

Executor::Executor(Dispatcher& dispatcher, std::size_t lane, Settings settings, log::Logger logger)
    : dispatcher_(dispatcher),
      lane_(lane),
      settings_(std::move(settings)),
      logger_(logger),
      connection_(settings_.session_url, logger),
      reconnector_(connection_, settings_.connect_deadline, std::move(logger)),
      thread_([this] { run(); }) {}

Executor::~Executor() {
    thread_.join();
}

void Executor::run() {
    pthread_setname_np(pthread_self(), ("database-" + std::to_string(lane_)).c_str());
    core::set_thread_kind(core::ThreadKind::Worker);
    core::let_wakers_go_on();
    for (Batch batch = dispatcher_.next(lane_); !batch.empty(); batch = dispatcher_.next(lane_)) {
        if (batch.size() > 1) {
            perform_batch(std::move(batch));
            continue;
        }
        complete(*batch.front(), perform(*batch.front()));
        dispatcher_.finished(lane_, batch);
    }
    connection_.close();
}

void Executor::complete(const Operation& operation, Outcome&& outcome) {
    if (outcome.error) dispatcher_.count_failure();
    if (operation.completion) operation.completion(std::move(outcome));
}

// Whatever keeps a batch from going through, an error of one of them or a server that is gone: alone, each gets the answer
// that is its own. They are idempotent, so nobody minds the repetition.
void Executor::perform_batch(Batch batch) {
    std::vector<Rows> answers;
    try {
        answers = perform_together(batch);
    } catch (const Error& error) {
        logger_.debug("statements that went together are carried out one by one",
                      {{"statements", batch.size()}, {"reason", error.what()}});
        return dispatcher_.put_back(lane_, std::move(batch));
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        Outcome outcome;
        outcome.rows = std::move(answers[i]);
        complete(*batch[i], std::move(outcome));
    }
    dispatcher_.finished(lane_, batch);
}

std::vector<Rows> Executor::perform_together(const Batch& batch) {
    Bounds bounds{Monotonic::now() + batch_patience, settings_.result_bytes_max};
    std::vector<const Query*> queries;
    for (const auto& operation : batch) {
        bounds.deadline = std::min(bounds.deadline, operation->deadline);
        queries.push_back(&std::get<Query>(operation->work));
    }
    prepare_for(*batch.front(), bounds);
    std::vector<Rows> answers = connection_.run_together(queries, bounds);
    leave_no_transaction();
    connection_.settle(bounds);
    return answers;
}

// The end of the way up for an exception: from here on a failure is a value.
Outcome Executor::perform(const Operation& operation) {
    Outcome outcome;
    try {
        carry_out(operation, outcome);
    } catch (const Error& error) {
        outcome.error = error;
    }
    return outcome;
}

void Executor::carry_out(const Operation& operation, Outcome& outcome) {
    const Bounds bounds{operation.deadline, settings_.result_bytes_max, dispatcher_.cancel_event(lane_)};
    if (operation.is_begin()) {
        begin(operation, bounds, outcome);
    } else if (const auto* ending = std::get_if<End>(&operation.work)) {
        end(ending->ending, bounds);
    } else if (operation.transaction != 0) {
        outcome.rows = perform_in_transaction(operation, bounds);
    } else {
        outcome.rows = perform_alone(operation, bounds);
    }
}

Rows Executor::perform_work(const Operation& operation, const Bounds& bounds) {
    if (const auto* copy = std::get_if<Copy>(&operation.work)) return connection_.copy_in(*copy, bounds);
    const auto& query = std::get<Query>(operation.work);
    return connection_.run(query.sql, query.parameters, bounds);
}

Rows Executor::perform_alone(const Operation& operation, const Bounds& bounds) {
    for (bool first = true;; first = false) {
        prepare_for(operation, bounds);
        try {
            const auto begun = Monotonic::now();
            Rows rows = perform_work(operation, bounds);
            const auto duration = Monotonic::now() - begun;
            leave_no_transaction();
            connection_.settle(bounds);
            // A ROLLBACK or SET would take hold of the others of its batch.
            if (operation.statement != 0 && rows.are_of_data())
                dispatcher_.quick_statements().ran(operation.statement, duration);
            return rows;
        } catch (const Error& error) {
            if (!first || !is_idempotent(operation) || !is_connection_failure(error)) throw;
        }
    }
}

void Executor::leave_no_transaction() {
    if (connection_.transaction() == Connection::Transaction::None) return;
    roll_back();
    throw Error{Code::InvalidArgument, "a transaction is opened with begin(), not with a statement"};
}

Rows Executor::perform_in_transaction(const Operation& operation, const Bounds& bounds) {
    switch (connection_.transaction()) {
        case Connection::Transaction::Lost:
            throw error_of("08006", "the connection of this transaction broke");
        case Connection::Transaction::None:
            throw Error{Code::Conflict, "the transaction was ended by one of its own statements"};
        default:
            break;
    }
    try {
        return perform_work(operation, bounds);
    } catch (const Error&) {
        damaged_ = damaged_ || connection_.transaction() == Connection::Transaction::Open;
        throw;
    }
}

void Executor::begin(const Operation& operation, const Bounds& bounds, Outcome& outcome) {
    try {
        prepare_for(operation, bounds);
        connection_.command(begin_statement(std::get<Begin>(operation.work).options), bounds);
    } catch (const Error&) {
        roll_back();
        dispatcher_.unpin(lane_);
        throw;
    }
    damaged_ = false;
    outcome.transaction = core::next_id();
    dispatcher_.pin(lane_, outcome.transaction);
}

void Executor::end(Ending ending, const Bounds& bounds) {
    std::optional<Error> failure;
    try {
        if (ending == Ending::Commit) commit(bounds);
    } catch (const Error& error) {
        failure = error;
    }
    roll_back();
    dispatcher_.unpin(lane_);
    if (failure) throw *failure;
}

void Executor::commit(const Bounds& bounds) {
    switch (connection_.transaction()) {
        case Connection::Transaction::Lost:
            throw error_of("08006", "the connection of this transaction broke, nothing of it was kept");
        case Connection::Transaction::None:
            throw Error{Code::Conflict, "the transaction was ended by one of its own statements"};
        case Connection::Transaction::Failed:
            // PostgreSQL would answer COMMIT with success, and roll back.
            throw Error{Code::Conflict, "a statement of the transaction failed, so it was rolled back"};
        case Connection::Transaction::Open:
            break;
    }
    if (damaged_ || dispatcher_.transaction_damaged(lane_)) {
        throw Error{Code::Conflict, "a statement of the transaction was not carried out, so it was rolled back"};
    }
    try {
        connection_.command("commit", bounds);
    } catch (const Error& error) {
        if (!is_connection_failure(error)) throw;
        // Not retryable: repeated blindly it might happen twice.
        throw Error{
            Code::Unavailable, "the connection broke while committing, whether it took effect is unknown", {}, error.name()};
    }
}

void Executor::roll_back() {
    try {
        const auto state = connection_.transaction();
        if (state == Connection::Transaction::Lost) return connection_.close();
        if (state != Connection::Transaction::None) connection_.command("rollback", housekeeping_bounds());
        connection_.settle(housekeeping_bounds());
    } catch (const Error&) {
        connection_.close();  // which rolls back as well
    }
}

void Executor::prepare_for(const Operation& operation, const Bounds& bounds) {
    reconnector_.ensure_connected(bounds);
    try {
        connection_.become(operation.user->owner, bounds);
    } catch (const Error& error) {
        // A former owner may have set a deadline that lets nothing be done in this session any more.
        if (!is_connection_failure(error) && error.name() != "SQLSTATE_57014") throw;
        // Nothing of the operation was sent yet, so nothing can happen twice.
        connection_.close();
        reconnector_.ensure_connected(bounds);
        connection_.become(operation.user->owner, bounds);
    }
}

}  // namespace host::database
