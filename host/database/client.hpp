#pragma once

#include <cstdint>
#include <memory>

#include "host/database/copy.hpp"
#include "host/database/query.hpp"
#include "host/database/settings.hpp"

namespace host::database {

class Dispatcher;
struct Operation;
struct User;

// The database as one user (a plugin's instance) sees it: its statements run as its role and in its schema, and the ids of
// others mean nothing here. Must end before the Database. Any thread.
//
// Every call returns at once. It throws core::Error, and then the completion is never called: Busy (the queue is full),
// Gone (the transaction has ended or is another's), Cancelled (abandoned or stopping). Otherwise the completion is
// called exactly once. The ids returned are for cancel().
class Client {
  public:
    // Made by Database::client().
    Client(Dispatcher& dispatcher, std::shared_ptr<User> user, const Settings& settings);
    // As abandon().
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    std::uint64_t query(Query query, Completion completion);
    std::uint64_t copy_in(Copy copy, Completion completion);
    // Outcome::transaction names it. Idle for longer than transaction_idle_deadline, it is rolled back.
    std::uint64_t begin(TransactionOptions options, Completion completion);
    // The transaction is stale from this call on. Conflict: a statement failed, so a commit became a rollback.
    std::uint64_t end(std::uint64_t transaction, Ending ending, Completion completion);
    // The operation then completes with Cancelled, or as it would have.
    void cancel(std::uint64_t operation);
    // Cancels every operation, rolls every transaction back and returns when the last completion has returned; from then
    // on every call throws Cancelled. Not from a completion.
    void abandon();

  private:
    std::uint64_t submit(std::unique_ptr<Operation> operation, std::chrono::milliseconds deadline, Completion done);

    Dispatcher& dispatcher_;
    const std::shared_ptr<User> user_;
    const std::chrono::milliseconds queue_deadline_;
    const std::chrono::milliseconds statement_deadline_;
};

}  // namespace host::database
