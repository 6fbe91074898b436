#include "host/database/client.hpp"

#include <algorithm>
#include <utility>

#include "host/core/ids.hpp"
#include "host/database/dispatcher.hpp"

namespace host::database {

Client::Client(Dispatcher& dispatcher, std::shared_ptr<User> user, const Settings& settings)
    : dispatcher_(dispatcher),
      user_(std::move(user)),
      queue_deadline_(settings.queue_deadline),
      statement_deadline_(settings.statement_deadline) {}

Client::~Client() {
    abandon();
}

std::uint64_t Client::query(Query query, Completion completion) {
    if (query.sql.find('\0') != std::string::npos) {
        throw core::Error{core::Code::InvalidArgument, "a statement holds a NUL byte"};
    }
    const auto deadline = query.deadline;
    auto operation = std::make_unique<Operation>();
    operation->transaction = query.transaction;
    if (query.idempotent && query.transaction == 0) {
        operation->statement = QuickStatements::key_of(user_->owner.id, query.sql);
    }
    operation->work = std::move(query);
    return submit(std::move(operation), deadline, std::move(completion));
}

std::uint64_t Client::copy_in(Copy copy, Completion completion) {
    const auto deadline = copy.deadline;
    auto operation = std::make_unique<Operation>();
    operation->transaction = copy.transaction;
    operation->work = std::move(copy);
    return submit(std::move(operation), deadline, std::move(completion));
}

std::uint64_t Client::begin(TransactionOptions options, Completion completion) {
    auto operation = std::make_unique<Operation>();
    operation->work = Begin{options};
    return submit(std::move(operation), {}, std::move(completion));
}

std::uint64_t Client::end(std::uint64_t transaction, Ending ending, Completion completion) {
    auto operation = std::make_unique<Operation>();
    operation->transaction = transaction;
    operation->work = End{ending};
    return submit(std::move(operation), {}, std::move(completion));
}

std::uint64_t Client::submit(OperationPointer operation, std::chrono::milliseconds deadline, Completion completion) {
    const auto now = core::Monotonic::now();
    const auto allowed = deadline.count() > 0 ? std::min(deadline, statement_deadline_) : statement_deadline_;
    const std::uint64_t id = core::next_id();
    operation->id = id;
    operation->user = user_;
    operation->completion = std::move(completion);
    operation->start_by = now + queue_deadline_;
    operation->deadline = now + allowed;
    dispatcher_.submit(std::move(operation));
    return id;
}

void Client::cancel(std::uint64_t operation) {
    dispatcher_.cancel(*user_, operation);
}

void Client::abandon() {
    dispatcher_.abandon(*user_);
}

}  // namespace host::database
