#include "host/database/dispatcher.hpp"

#include <gtest/gtest.h>

#include "host/core/ids.hpp"

using namespace host::database;
using namespace std::chrono_literals;
using host::core::Code;
using host::core::Error;
using host::core::Monotonic;

namespace {

OperationPointer make_operation(const std::shared_ptr<User>& user, std::chrono::milliseconds start_within = 10s) {
    auto operation = std::make_unique<Operation>();
    operation->id = host::core::next_id();
    operation->user = user;
    operation->start_by = Monotonic::now() + start_within;
    operation->deadline = Monotonic::now() + 10s;
    return operation;
}

OperationPointer make_begin(const std::shared_ptr<User>& user) {
    auto operation = make_operation(user);
    operation->work = Begin{};
    return operation;
}

}  // namespace

TEST(Dispatcher, GivesOperationsInTheirOrder) {
    Dispatcher dispatcher({1, 8, 10s});
    const auto user = std::make_shared<User>();
    for (int i = 0; i < 3; ++i)
        dispatcher.submit(make_operation(user));
    std::uint64_t last = 0;
    for (int i = 0; i < 3; ++i) {
        const auto operation = dispatcher.next(0);
        EXPECT_GT(operation->id, last);
        last = operation->id;
        dispatcher.finished(0, *operation);
    }
    EXPECT_EQ(dispatcher.queued(), 0U);
}

TEST(Dispatcher, RefusesBeyondItsBound) {
    Dispatcher dispatcher({1, 2, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.submit(make_operation(user));
    dispatcher.submit(make_operation(user));
    EXPECT_THROW(dispatcher.submit(make_operation(user)), Error);
    EXPECT_EQ(user->operations, 2U) << "what is refused is not counted";
}

TEST(Dispatcher, BeginsAtMostOneTransactionLessThanItHasLanes) {
    Dispatcher dispatcher({2, 8, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.submit(make_begin(user));
    dispatcher.submit(make_begin(user));
    dispatcher.submit(make_operation(user));
    const auto first = dispatcher.next(0);
    EXPECT_TRUE(first->is_begin());
    dispatcher.pin(0, 77);
    dispatcher.finished(0, *first);
    const auto second = dispatcher.next(1);
    EXPECT_FALSE(second->is_begin()) << "the statement passes the begin that has to wait";
    dispatcher.finished(1, *second);
    dispatcher.unpin(0);
    const auto third = dispatcher.next(1);
    EXPECT_TRUE(third->is_begin());
}

TEST(Dispatcher, RefusesWhatWaitedTooLong) {
    Dispatcher dispatcher({1, 8, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.submit(make_operation(user, 1ms));
    const auto refusals = dispatcher.refusals();
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].reason.code(), Code::Busy);
    EXPECT_TRUE(refusals[0].reason.retryable());
}

TEST(Dispatcher, EndsLanesAndRefusalsWhenClosed) {
    Dispatcher dispatcher({1, 8, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.submit(make_operation(user));
    dispatcher.close();
    EXPECT_EQ(dispatcher.next(0), nullptr);
    const auto refusals = dispatcher.refusals();
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].reason.code(), Code::Cancelled);
    dispatcher.refused(*refusals[0].operation);
    EXPECT_TRUE(dispatcher.refusals().empty());
}
