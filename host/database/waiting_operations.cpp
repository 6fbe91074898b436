#include "host/database/waiting_operations.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace host::database {

void WaitingOperations::push(OperationPointer operation) {
    (operation->is_begin() ? begins_ : statements_).push_back(std::move(operation));
}

bool is_quick(const Operation& operation, const QuickStatements& quick) {
    return operation.statement != 0 && quick.contains(operation.statement);
}

// The older one of the two fronts, so that neither kind overtakes the other for ever.
bool WaitingOperations::begin_is_next(bool may_begin) const {
    return may_begin && !begins_.empty() && (statements_.empty() || begins_.front()->id < statements_.front()->id);
}

bool WaitingOperations::next_is_quick(bool may_begin, const QuickStatements& quick) const {
    return !begin_is_next(may_begin) && !statements_.empty() && is_quick(*statements_.front(), quick);
}

OperationPointer WaitingOperations::take(bool may_begin) {
    auto& queue = begin_is_next(may_begin) ? begins_ : statements_;
    if (queue.empty()) return nullptr;
    OperationPointer operation = std::move(queue.front());
    queue.pop_front();
    return operation;
}

void WaitingOperations::take_companions(Batch& batch, std::size_t size_max, const QuickStatements& quick) {
    const Operation& first = *batch.front();
    const auto goes_together = [&](const Operation& operation) {
        return operation.user == first.user && is_quick(operation, quick);
    };
    if (!goes_together(first)) return;
    while (batch.size() < size_max && !statements_.empty() && goes_together(*statements_.front())) {
        batch.push_back(std::move(statements_.front()));
        statements_.pop_front();
    }
}

std::vector<OperationPointer> WaitingOperations::take_if(const std::function<bool(const Operation&)>& chosen) {
    auto taken = take_from(statements_, chosen);
    auto begins = take_from(begins_, chosen);
    std::move(begins.begin(), begins.end(), std::back_inserter(taken));
    return taken;
}

core::Monotonic::time_point WaitingOperations::first_limit() const {
    auto first = core::Monotonic::time_point::max();
    for (const auto* queue : {&statements_, &begins_}) {
        for (const auto& each : *queue)
            first = std::min({first, each->start_by, each->deadline});
    }
    return first;
}

std::vector<OperationPointer> take_from(std::deque<OperationPointer>& queue,
                                        const std::function<bool(const Operation&)>& chosen) {
    const auto first =
        std::stable_partition(queue.begin(), queue.end(), [&](const OperationPointer& each) { return !chosen(*each); });
    std::vector<OperationPointer> taken(std::make_move_iterator(first), std::make_move_iterator(queue.end()));
    queue.erase(first, queue.end());
    return taken;
}

}  // namespace host::database
