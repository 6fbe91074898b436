#include "host/database/dispatcher.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <future>
#include <thread>

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

constexpr QuickStatements::Key quick = 5, slow = 6;

OperationPointer make_query(const std::shared_ptr<User>& user, QuickStatements::Key statement) {
    auto operation = make_operation(user);
    operation->statement = statement;
    return operation;
}

// A lane that has nothing to do; what it is woken for.
class SleepingLane {
  public:
    SleepingLane(Dispatcher& dispatcher, std::size_t number)
        : taken_(std::async(std::launch::async, [&dispatcher, number] { return dispatcher.next(number); })) {
        while (dispatcher.sleeping() == 0)
            std::this_thread::yield();
    }
    Batch taken() { return taken_.get(); }

  private:
    std::future<Batch> taken_;
};

// Two lanes: the first is under way with a quick statement, the second sleeps.
struct OneUnderWay {
    Dispatcher dispatcher{{2, 32, 10s}};
    const std::shared_ptr<User> user = std::make_shared<User>();
    const Batch under_way = begin();
    SleepingLane sleeping{dispatcher, 1};

    void submit(QuickStatements::Key statement) { dispatcher.submit(make_query(user, statement)); }

  private:
    Batch begin() {
        dispatcher.quick_statements().ran(quick, 100us);
        submit(quick);
        return dispatcher.next(0);
    }
};

bool is_signalled(const Dispatcher& dispatcher) {
    pollfd event{dispatcher.cancel_event(0), POLLIN, 0};
    return poll(&event, 1, 0) == 1;
}

}  // namespace

TEST(Dispatcher, GivesOperationsInTheirOrder) {
    Dispatcher dispatcher({1, 8, 10s});
    const auto user = std::make_shared<User>();
    for (int i = 0; i < 3; ++i)
        dispatcher.submit(make_operation(user));
    std::uint64_t last = 0;
    for (int i = 0; i < 3; ++i) {
        const Batch batch = dispatcher.next(0);
        ASSERT_EQ(batch.size(), 1U);
        EXPECT_GT(batch.front()->id, last);
        last = batch.front()->id;
        dispatcher.finished(0, batch);
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
    EXPECT_TRUE(first.front()->is_begin());
    dispatcher.pin(0, 77);
    dispatcher.finished(0, first);
    const auto second = dispatcher.next(1);
    EXPECT_FALSE(second.front()->is_begin()) << "the statement passes the begin that has to wait";
    dispatcher.finished(1, second);
    dispatcher.unpin(0);
    const auto third = dispatcher.next(1);
    EXPECT_TRUE(third.front()->is_begin());
}

TEST(Dispatcher, GivesEachLaneItsShareOfTheQuickStatements) {
    Dispatcher dispatcher({2, 32, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.quick_statements().ran(quick, 100us);
    for (int i = 0; i < 8; ++i)
        dispatcher.submit(make_query(user, quick));
    EXPECT_EQ(dispatcher.next(0).size(), 4U);
    EXPECT_EQ(dispatcher.next(1).size(), 2U) << "half of what was left";
}

TEST(Dispatcher, SendsNothingTogetherWithAStatementThatMayBeSlow) {
    Dispatcher dispatcher({1, 32, 10s});
    const auto user = std::make_shared<User>(), another = std::make_shared<User>();
    dispatcher.quick_statements().ran(quick, 100us);
    dispatcher.quick_statements().ran(slow, 100us);
    dispatcher.quick_statements().ran(slow, 2ms);
    for (const auto& [owner, statement] :
         {std::pair{user, quick}, {user, quick}, {user, slow}, {another, quick}, {user, quick}})
        dispatcher.submit(make_query(owner, statement));
    std::vector<std::size_t> sizes;
    for (int i = 0; i < 4; ++i) {
        const Batch batch = dispatcher.next(0);
        sizes.push_back(batch.size());
        dispatcher.finished(0, batch);
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 1, 1, 1})) << "the slow one alone, and no two users together";
}

TEST(Dispatcher, LeavesQuickStatementsForALaneThatIsSoonBack) {
    OneUnderWay lanes;
    for (int i = 0; i < 2; ++i)
        lanes.submit(quick);
    EXPECT_EQ(lanes.dispatcher.sleeping(), 1U);
    lanes.dispatcher.finished(0, lanes.under_way);
    const Batch second = lanes.dispatcher.next(0);
    EXPECT_EQ(second.size(), 2U);
    lanes.dispatcher.close();
    EXPECT_TRUE(lanes.sleeping.taken().empty());
}

TEST(Dispatcher, WakesALaneWhenManyQuickStatementsWait) {
    OneUnderWay lanes;
    for (int i = 0; i < 16; ++i)
        lanes.submit(quick);
    EXPECT_GT(lanes.sleeping.taken().size(), 1U);
}

TEST(Dispatcher, WakesALaneAtOnceForAStatementThatMayBeSlow) {
    OneUnderWay lanes;
    lanes.submit(slow);
    EXPECT_EQ(lanes.sleeping.taken().front()->statement, slow);
}

TEST(Dispatcher, WakesALaneForASlowStatementBehindAQuickOne) {
    OneUnderWay lanes;
    lanes.submit(quick);
    lanes.submit(slow);
    lanes.dispatcher.finished(0, lanes.under_way);
    const Batch second = lanes.dispatcher.next(0);
    EXPECT_EQ(second.front()->statement, quick);
    EXPECT_EQ(lanes.sleeping.taken().front()->statement, slow);
}

TEST(Dispatcher, LeavesNothingForALaneThatDoesNotComeBack) {
    OneUnderWay lanes;
    auto refusals = std::async(std::launch::async, [&] { return lanes.dispatcher.refusals(); });
    lanes.submit(quick);
    const Batch taken = lanes.sleeping.taken();
    ASSERT_EQ(taken.size(), 1U);
    lanes.dispatcher.close();
    lanes.dispatcher.finished(1, taken);
    lanes.dispatcher.finished(0, lanes.under_way);
    EXPECT_TRUE(refusals.get().empty());
}

TEST(Dispatcher, SpreadsWhatCouldNotGoTogetherOverTheLanes) {
    Dispatcher dispatcher({2, 32, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.quick_statements().ran(quick, 100us);
    for (int i = 0; i < 3; ++i)
        dispatcher.submit(make_query(user, quick));
    Batch batch = dispatcher.next(0);
    ASSERT_EQ(batch.size(), 2U);
    const auto first = batch[0]->id, second = batch[1]->id;
    dispatcher.put_back(0, std::move(batch));
    const Batch here = dispatcher.next(0), there = dispatcher.next(1);
    ASSERT_EQ(here.size(), 1U);
    ASSERT_EQ(there.size(), 1U) << "a slow one must not hold up those that happened to go with it";
    EXPECT_EQ(here.front()->id, first);
    EXPECT_EQ(there.front()->id, second);
}

TEST(Dispatcher, DoesNotCallBusyWhatHadBegunInTime) {
    Dispatcher dispatcher({1, 32, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.quick_statements().ran(quick, 100us);
    for (int i = 0; i < 2; ++i)
        dispatcher.submit(make_query(user, quick));
    Batch batch = dispatcher.next(0);
    ASSERT_EQ(batch.size(), 2U);
    const auto late = make_operation(user, 0ms)->start_by;
    for (const OperationPointer& each : batch)
        each->start_by = late;
    dispatcher.put_back(0, std::move(batch));
    dispatcher.submit(make_operation(user, 0ms));
    const auto refusals = dispatcher.refusals();
    ASSERT_EQ(refusals.size(), 1U) << "only what never began";
    dispatcher.refused(*refusals[0].operation);
    for (int i = 0; i < 2; ++i)
        dispatcher.finished(0, dispatcher.next(0));
    EXPECT_EQ(user->operations, 0U);
}

TEST(Dispatcher, CancelsOfWhatGoesTogetherOnlyWhatIsMeant) {
    Dispatcher dispatcher({1, 32, 10s});
    const auto user = std::make_shared<User>();
    dispatcher.quick_statements().ran(quick, 100us);
    for (int i = 0; i < 3; ++i)
        dispatcher.submit(make_query(user, quick));
    Batch batch = dispatcher.next(0);
    ASSERT_EQ(batch.size(), 3U);
    const auto cancelled = batch[1]->id;
    dispatcher.cancel(*user, cancelled);
    EXPECT_FALSE(is_signalled(dispatcher)) << "the others have done nothing wrong";
    dispatcher.put_back(0, std::move(batch));
    const auto refusals = dispatcher.refusals();
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].operation->id, cancelled);
    EXPECT_EQ(refusals[0].reason.code(), Code::Cancelled);
    dispatcher.refused(*refusals[0].operation);
    for (int i = 0; i < 2; ++i)
        dispatcher.finished(0, dispatcher.next(0));
    EXPECT_EQ(user->operations, 0U);
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
    EXPECT_TRUE(dispatcher.next(0).empty());
    const auto refusals = dispatcher.refusals();
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].reason.code(), Code::Cancelled);
    dispatcher.refused(*refusals[0].operation);
    EXPECT_TRUE(dispatcher.refusals().empty());
}
