#include "host/services/services.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <future>
#include <thread>

using namespace host::services;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;

host::log::Logger quiet_logger() {
    static std::string lines;
    return {host::log::open_memory({}, lines), "services"};
}

// What a test sees of the end of its call.
struct Ending {
    gantry_status status;
    std::string result;
    std::string code;
    bool retryable;
};

Ending ending_of(const Outcome& outcome) {
    return {outcome.status, outcome.result, outcome.error ? outcome.error->code : "",
            outcome.error && (outcome.error->flags & GANTRY_ERROR_RETRYABLE) != 0};
}

// A provider whose calls wait until the test answers them.
class Desk {
  public:
    explicit Desk(const std::string& plugin = "notes") : provider_(std::make_shared<Provider>()) {
        provider_->plugin = plugin;
        provider_->services.push_back({plugin + ".search/1", {"find", "count"}, [this](const Asked& asked) {
                                           const std::lock_guard lock(mutex_);
                                           if (closed_) return false;
                                           ids_.push_back(asked.id);
                                           contexts_.push_back(asked.call.context);
                                           changed_.notify_all();
                                           return true;
                                       }});
    }
    const std::shared_ptr<Provider>& provider() const { return provider_; }
    std::uint64_t next() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [this] { return !ids_.empty(); })) return 0;
        const std::uint64_t id = ids_.front();
        ids_.pop_front();
        return id;
    }
    Context last_context() const {
        const std::lock_guard lock(mutex_);
        return contexts_.back();
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

  private:
    const std::shared_ptr<Provider> provider_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::uint64_t> ids_;
    std::vector<Context> contexts_;
    bool closed_ = false;
};

Outcome answer_of(std::string text) {
    Outcome outcome;
    outcome.result = std::move(text);
    return outcome;
}

class ServicesTest : public testing::Test {
  protected:
    explicit ServicesTest(Settings settings = {}) : room(settings, pool, quiet_logger()) {}
    ~ServicesTest() override {
        room.stop();
        pool.stop();
    }

    struct Made {
        std::uint64_t id;
        std::future<Ending> end;
        Ending get() {
            if (end.wait_for(patience) != std::future_status::ready) return {1000, "never ended", "", false};
            return end.get();
        }
    };
    Made call(const std::string& method = "find", std::chrono::milliseconds deadline = 30s, Context context = {},
              const void* side = nullptr) {
        Call made;
        made.service = "notes.search/1";
        made.method = method;
        made.argument = "what";
        made.caller = "reader";
        made.side = side;
        made.deadline = deadline;
        made.context = std::move(context);
        const auto promise = std::make_shared<std::promise<Ending>>();
        const std::uint64_t id = Services::new_id();
        room.call(id, std::move(made), [promise](const Outcome& outcome) { promise->set_value(ending_of(outcome)); });
        return {id, promise->get_future()};
    }
    Account account(const std::string& method = "find") const {
        for (const Account& each : room.accounts()) {
            if (each.method == method) return each;
        }
        return {};
    }

    host::core::ThreadPool pool{"blocking", {4, 1'000}};
    Services room;
};

struct NarrowServicesTest : ServicesTest {
    static Settings narrow() {
        Settings settings;
        settings.calls_max = 2;
        settings.depth_max = 2;
        settings.payload_bytes_max = 1'024;
        return settings;
    }
    NarrowServicesTest() : ServicesTest(narrow()) {}
};

}  // namespace

TEST_F(ServicesTest, ACallIsAnsweredByItsProviderOnce) {
    Desk desk;
    room.activate(desk.provider());
    Made made = call();
    const std::uint64_t id = desk.next();
    EXPECT_EQ(id, made.id);
    EXPECT_TRUE(room.wanted(id, *desk.provider()));
    EXPECT_EQ(account().in_flight, 1U);
    EXPECT_TRUE(room.respond(id, *desk.provider(), answer_of("found")));
    const Ending ending = made.get();
    EXPECT_EQ(ending.status, GANTRY_OK);
    EXPECT_EQ(ending.result, "found");
    EXPECT_FALSE(room.respond(id, *desk.provider(), answer_of("again")));
    EXPECT_FALSE(room.wanted(id, *desk.provider()));
    EXPECT_EQ(account().calls, 1U);
    EXPECT_EQ(account().errors, 0U);
    EXPECT_EQ(account().in_flight, 0U);
    EXPECT_EQ(account().caller, "reader");
    EXPECT_GT(account().time.count(), 0);
}

TEST_F(ServicesTest, WithoutAProviderACallIsUnavailableAndMayBeRepeated) {
    const Ending ending = call().get();
    EXPECT_EQ(ending.status, GANTRY_E_UNAVAILABLE);
    EXPECT_EQ(ending.code, "DEPENDENCY_UNAVAILABLE");
    EXPECT_TRUE(ending.retryable);
    EXPECT_EQ(account("").errors, 1U) << "it reached no method";
}

TEST_F(ServicesTest, AMethodThatIsNotDeclaredNeverReachesTheProvider) {
    Desk desk;
    room.activate(desk.provider());
    const Ending ending = call("burn").get();
    EXPECT_EQ(ending.status, GANTRY_E_UNSUPPORTED);
    EXPECT_FALSE(ending.retryable);
    EXPECT_EQ(account("burn").calls, 0U) << "callers do not make up accounts";
    EXPECT_EQ(account("").calls, 1U);
}

TEST_F(ServicesTest, AProviderThatNeverAnswersIsBoundedByTheDeadline) {
    Desk desk;
    room.activate(desk.provider());
    Made late = call("find", 20ms);
    const std::uint64_t id = desk.next();
    const Ending ending = late.get();
    EXPECT_EQ(ending.status, GANTRY_E_TIMEOUT);
    EXPECT_TRUE(ending.retryable);
    EXPECT_FALSE(room.wanted(id, *desk.provider()));
    EXPECT_FALSE(room.respond(id, *desk.provider(), answer_of("too late")));
    EXPECT_EQ(account().errors, 1U);
    EXPECT_EQ(room.in_flight(), 0U);
}

TEST_F(ServicesTest, AShorterDeadlineIsNotKeptWaitingByALongerOne) {
    Desk desk;
    room.activate(desk.provider());
    Made patient = call("find", 60s);
    desk.next();
    EXPECT_EQ(call("find", 10ms).get().status, GANTRY_E_TIMEOUT);
    room.cancel(patient.id, nullptr);
    EXPECT_EQ(patient.get().status, GANTRY_E_CANCELLED);
}

TEST_F(ServicesTest, OnlyWhoCallsMayCancelAndOnlyWhoIsAskedMayAnswer) {
    Desk desk;
    const Desk other("other");
    room.activate(desk.provider());
    const int me = 0, you = 0;
    Made made = call("find", 30s, {}, &me);
    const std::uint64_t id = desk.next();
    EXPECT_FALSE(room.cancel(id, &you));
    EXPECT_FALSE(room.respond(id, *other.provider(), answer_of("stolen")));
    EXPECT_FALSE(room.context_of(id, *other.provider()));
    EXPECT_TRUE(room.cancel(id, &me));
    EXPECT_EQ(made.get().status, GANTRY_E_CANCELLED);
    EXPECT_FALSE(room.cancel(id, &me));
}

TEST_F(ServicesTest, AReloadSendsNewCallsToTheNewInstanceAndLeavesOldOnesWhereTheyAre) {
    Desk former, next;
    room.activate(former.provider());
    Made before = call();
    const std::uint64_t old_id = former.next();
    room.activate(next.provider());
    Made after = call();
    EXPECT_TRUE(room.respond(next.next(), *next.provider(), answer_of("new")));
    EXPECT_EQ(after.get().result, "new");
    EXPECT_TRUE(room.respond(old_id, *former.provider(), answer_of("old")));
    EXPECT_EQ(before.get().result, "old");
    room.retire(*former.provider());
    Made last = call();
    EXPECT_TRUE(room.respond(next.next(), *next.provider(), answer_of("still")));
    EXPECT_EQ(last.get().result, "still");
}

TEST_F(ServicesTest, ARolledBackInstanceGivesTheServiceBack) {
    Desk former, next;
    room.activate(former.provider());
    room.activate(next.provider());
    room.activate(former.provider());
    room.retire(*next.provider());
    Made made = call();
    EXPECT_TRUE(room.respond(former.next(), *former.provider(), answer_of("back")));
    EXPECT_EQ(made.get().result, "back");
}

TEST_F(ServicesTest, AnInstanceThatEndsFailsWhatItHasNotAnswered) {
    Desk desk;
    room.activate(desk.provider());
    Made made = call();
    const std::uint64_t id = desk.next();
    room.retire(*desk.provider());
    const Ending ending = made.get();
    EXPECT_EQ(ending.status, GANTRY_E_UNAVAILABLE);
    EXPECT_TRUE(ending.retryable);
    EXPECT_FALSE(room.respond(id, *desk.provider(), answer_of("late")));
}

TEST_F(ServicesTest, AnInstanceThatTakesNoCallsAnyMoreIsUnavailable) {
    Desk desk;
    desk.close();
    room.activate(desk.provider());
    EXPECT_EQ(call().get().status, GANTRY_E_UNAVAILABLE);
}

TEST_F(ServicesTest, ACallerThatEndsIsToldOfAllItsCalls) {
    Desk desk;
    room.activate(desk.provider());
    const int me = 0, you = 0;
    Made first = call("find", 30s, {}, &me);
    Made second = call("count", 30s, {}, &me);
    Made others = call("find", 30s, {}, &you);
    room.leave(&me);
    EXPECT_EQ(first.get().status, GANTRY_E_CANCELLED);
    EXPECT_EQ(second.get().status, GANTRY_E_CANCELLED);
    EXPECT_EQ(room.in_flight(), 1U);
    room.leave(&you);
    EXPECT_EQ(others.get().status, GANTRY_E_CANCELLED);
}

TEST_F(ServicesTest, WhoAskedComesAlongFromCallToCall) {
    Desk desk;
    room.activate(desk.provider());
    Context context;
    context.principal = R"({"id":"usr_1"})";
    context.request_id = "req_1";
    context.deadline = Clock::now() + 25s;
    Made made = call("find", 60s, context);
    const std::uint64_t id = desk.next();
    const auto seen = room.context_of(id, *desk.provider());
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->principal, context.principal);
    EXPECT_EQ(seen->request_id, "req_1");
    EXPECT_EQ(seen->depth, 1U);
    EXPECT_EQ(seen->deadline, context.deadline) << "nobody waits longer than the request";
    Made nested = call("count", 60s, *seen);
    const std::uint64_t nested_id = desk.next();
    EXPECT_EQ(desk.last_context().depth, 2U);
    EXPECT_EQ(desk.last_context().principal, context.principal);
    room.respond(nested_id, *desk.provider(), answer_of("2"));
    room.respond(id, *desk.provider(), answer_of("1"));
    EXPECT_EQ(nested.get().result, "2");
    EXPECT_EQ(made.get().result, "1");
}

TEST_F(NarrowServicesTest, CallsNestedTooDeepAreRefused) {
    Desk desk;
    room.activate(desk.provider());
    Context context;
    context.depth = 2;
    const Ending ending = call("find", 30s, context).get();
    EXPECT_EQ(ending.status, GANTRY_E_LIMIT);
    EXPECT_EQ(ending.code, "SERVICE_TOO_DEEP");
}

TEST_F(NarrowServicesTest, OnePluginDoesNotOpenMoreCallsThanItMay) {
    Desk desk;
    room.activate(desk.provider());
    const int me = 0, you = 0;
    Made first = call("find", 30s, {}, &me);
    Made second = call("find", 30s, {}, &me);
    EXPECT_THROW(call("find", 30s, {}, &me), host::core::Error);
    Made others = call("find", 30s, {}, &you);
    room.cancel(first.id, &me);
    EXPECT_EQ(first.get().status, GANTRY_E_CANCELLED);
    Made third = call("find", 30s, {}, &me);
    room.leave(&me);
    room.leave(&you);
    for (Made* each : {&second, &third, &others})
        EXPECT_EQ(each->get().status, GANTRY_E_CANCELLED);
}

TEST_F(NarrowServicesTest, AnArgumentThatIsTooLargeIsRefused) {
    Call made;
    made.method = "find";
    made.argument.assign(1'025, 'x');
    EXPECT_THROW(room.call(Services::new_id(), made, [](const Outcome&) { FAIL() << "was answered"; }), host::core::Error);
    EXPECT_EQ(room.in_flight(), 0U);
}

TEST_F(ServicesTest, WithoutAFreeThreadACallIsBusy) {
    host::core::ThreadPool none("none", {0, 0});
    Services full({}, none, quiet_logger());
    Desk desk;
    full.activate(desk.provider());
    std::promise<Ending> promise;
    Call made;
    made.service = "notes.search/1";
    made.method = "find";
    full.call(Services::new_id(), made, [&](const Outcome& outcome) { promise.set_value(ending_of(outcome)); });
    const Ending ending = promise.get_future().get();
    EXPECT_EQ(ending.status, GANTRY_E_BUSY);
    EXPECT_TRUE(ending.retryable);
}

TEST_F(ServicesTest, UnderLoadAndReloadsEveryCallEndsOnce) {
    // Providers come, answer at once and go; callers leave in the middle; every tenth call is never answered.
    constexpr int callers = 4, calls_each = 400;
    struct Quick {
        Services* room = nullptr;
        std::shared_ptr<Provider> provider = std::make_shared<Provider>();
        std::atomic<int> count{0};
    };
    const auto make = [this] {
        auto quick = std::make_shared<Quick>();
        quick->provider->plugin = "notes";
        Quick* self = quick.get();
        quick->provider->services.push_back({"notes.search/1", {"find"}, [this, self](const Asked& asked) {
                                                 if (++self->count % 10 != 0)
                                                     room.respond(asked.id, *self->provider, answer_of("x"));
                                                 return true;
                                             }});
        return quick;
    };
    std::vector<std::shared_ptr<Quick>> all{make()};
    room.activate(all.back()->provider);
    std::atomic<int> ended{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (int caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&, caller] {
            const auto side = reinterpret_cast<const void*>(static_cast<std::uintptr_t>(caller + 1));
            for (int i = 0; i < calls_each; ++i) {
                Call made;
                made.service = "notes.search/1";
                made.method = "find";
                made.caller = "reader";
                made.side = side;
                made.deadline = std::chrono::milliseconds(1 + i % 5);
                room.call(Services::new_id(), made, [&](const Outcome&) { ++ended; });
                if (i % 100 == 99) room.leave(side);
            }
        });
    }
    std::thread reloads([&] {
        while (!done) {
            const auto former = all.back();
            all.push_back(make());
            room.activate(all.back()->provider);
            room.retire(*former->provider);
            std::this_thread::yield();
        }
    });
    for (std::thread& thread : threads)
        thread.join();
    done = true;
    reloads.join();
    room.stop();
    pool.stop();
    EXPECT_EQ(ended, callers * calls_each);
    EXPECT_EQ(room.in_flight(), 0U);
    std::uint64_t accounted = 0;
    for (const Account& each : room.accounts())
        accounted += each.calls;
    EXPECT_EQ(accounted, static_cast<std::uint64_t>(callers * calls_each));
}
