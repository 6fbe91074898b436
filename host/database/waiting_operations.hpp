#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "host/core/clock.hpp"
#include "host/database/operation.hpp"

namespace host::database {

// Operations that wait for any lane, in their order. Those that open a transaction may have to let others pass. Guarded
// by the dispatcher's lock.
class WaitingOperations {
  public:
    void push(OperationPointer operation);
    // Of one that opens no transaction and has been at the head before.
    void push_front(OperationPointer operation) { statements_.push_front(std::move(operation)); }
    // Those that open no transaction.
    std::size_t statements() const { return statements_.size(); }
    // Those that take() would give.
    std::size_t size(bool may_begin) const { return statements_.size() + (may_begin ? begins_.size() : 0); }
    // Of what take() gives next.
    bool next_is_quick(bool may_begin, const QuickStatements& quick) const;

    // The oldest, or the oldest that opens no transaction; null: there is none.
    OperationPointer take(bool may_begin);
    // Joins to a batch of one what may go with it, until the batch has `size_max`.
    void take_companions(Batch& batch, std::size_t size_max, const QuickStatements& quick);
    std::vector<OperationPointer> take_if(const std::function<bool(const Operation&)>& chosen);
    // When the first of them must be answered with a refusal; time_point::max() if there is none.
    core::Monotonic::time_point first_limit() const;

  private:
    bool begin_is_next(bool may_begin) const;

    std::deque<OperationPointer> statements_;
    std::deque<OperationPointer> begins_;
};

// It may share a way to the server.
bool is_quick(const Operation& operation, const QuickStatements& quick);

// Takes the chosen ones out of a queue; the others keep their order.
std::vector<OperationPointer> take_from(std::deque<OperationPointer>& queue,
                                        const std::function<bool(const Operation&)>& chosen);

}  // namespace host::database
