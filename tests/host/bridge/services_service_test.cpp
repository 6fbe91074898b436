#include "host/bridge/services_service.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>

#include "host/bridge/host_table.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {
namespace {

constexpr auto patience = std::chrono::seconds(60);

// What came back to a caller, one for each call.
struct Ends {
    struct End {
        gantry_status status;
        std::string result;
        std::string code;
        std::string message;
        std::uint32_t flags;
    };

    static void done(void* user, gantry_status status, gantry_bytes result, const gantry_error* error) {
        auto& self = *static_cast<Ends*>(user);
        const std::lock_guard lock(self.mutex);
        self.ends.push_back({status, std::string(static_cast<const char*>(result.data), result.size),
                             error != nullptr ? error->code : "", error != nullptr ? error->message : "",
                             error != nullptr ? error->flags : 0});
        self.changed.notify_all();
    }
    End next() {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, patience, [this] { return !ends.empty(); })) return {1000, "never", "", "", 0};
        End end = ends.front();
        ends.pop_front();
        return end;
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<End> ends;
};

// A provider that keeps what it is asked.
struct Asked {
    static void handle(void* user, gantry_id call, const gantry_service_call* view) {
        auto& self = *static_cast<Asked*>(user);
        const std::lock_guard lock(self.mutex);
        self.calls.push_back(call);
        self.caller = copy(view->caller);
        self.changed.notify_all();
    }
    gantry_id next() {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, patience, [this] { return !calls.empty(); })) return 0;
        const gantry_id call = calls.front();
        calls.pop_front();
        return call;
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<gantry_id> calls;
    std::string caller;
};

class ServicesServiceTest : public testing::Test {
  protected:
    struct Side {
        Side(const std::string& id, services::Services* room)
            : table({id, "/", {GANTRY_SERVICES, "notes.search/1"}},
                    {.add_route = [](http::Route) {},
                     .record = [this](std::string kind, std::string what,
                                      auto&&) { ledger.push_back(std::move(kind) + " " + std::move(what)); }},
                    {.services = room}, log::Logger(log::open_memory({}, lines), id)) {}
        const gantry_host* host() const { return table.host(); }

        std::string lines;
        std::vector<std::string> ledger;
        HostTable table;
    };

    ~ServicesServiceTest() override {
        room.stop();
        pool.stop();
    }

    gantry_status provide(Side& side, const char* name = "notes.search/1") {
        const gantry_str methods[] = {str("find")};
        gantry_service service{};
        service.struct_size = sizeof service;
        service.name = str(name);
        service.methods = methods;
        service.methods_n = 1;
        service.handler = Asked::handle;
        service.user = &asked;
        gantry_error error{};
        return table.provide(side.host(), &service, &error);
    }
    void serve(Side& side) {
        ASSERT_EQ(provide(side), GANTRY_OK);
        side.table.freeze();
        side.table.activate();
    }
    gantry_status call(Side& side, gantry_id* id = nullptr, gantry_id context = 0, const char* name = "notes.search/1") {
        gantry_service_request request{};
        request.struct_size = sizeof request;
        request.service = str(name);
        request.method = str("find");
        request.argument = {"what", 4};
        request.context = context;
        return table.call(side.host(), &request, Ends::done, &ends, id);
    }
    static gantry_slice slice(std::string_view text) { return {text.data(), text.size(), nullptr, nullptr}; }
    static bool end(Side& side) { return side.table.silence(std::chrono::steady_clock::now() + patience); }

    std::string lines;
    core::ThreadPool pool{"blocking", {2, 100}};
    services::Services room{[] {
                                services::Settings settings;
                                settings.payload_bytes_max = 1'000;
                                return settings;
                            }(),
                            pool, log::Logger(log::open_memory({}, lines), "services")};
    const gantry_services& table = ServicesService::table();
    Asked asked;
    Ends ends;
};

TEST_F(ServicesServiceTest, CarriesACallAndItsAnswer) {
    Side notes("notes", &room), reader("reader", &room);
    serve(notes);
    gantry_id id = 0;
    ASSERT_EQ(call(reader, &id), GANTRY_PENDING);
    const gantry_id seen = asked.next();
    EXPECT_EQ(seen, id);
    EXPECT_EQ(asked.caller, "reader");
    EXPECT_EQ(table.wanted(notes.host(), seen), GANTRY_OK);
    EXPECT_EQ(table.wanted(reader.host(), seen), GANTRY_E_GONE) << "it is not asked";
    EXPECT_EQ(table.respond(reader.host(), seen, GANTRY_OK, slice("forged"), nullptr), GANTRY_E_GONE);
    int released = 0;
    const gantry_slice owned = {"found", 5, [](void* context, const void*, std::size_t) { ++*static_cast<int*>(context); },
                                &released};
    EXPECT_EQ(table.respond(notes.host(), seen, GANTRY_OK, owned, nullptr), GANTRY_OK);
    EXPECT_EQ(released, 1);
    EXPECT_EQ(ends.next().result, "found");
    EXPECT_EQ(table.respond(notes.host(), seen, GANTRY_OK, owned, nullptr), GANTRY_E_GONE);
    EXPECT_EQ(released, 1) << "what was refused stays the provider's";
    EXPECT_EQ(notes.ledger, (std::vector<std::string>{"service notes.search/1: find"}));
    EXPECT_EQ(reader.ledger, (std::vector<std::string>{"call notes.search/1 find"}));
    EXPECT_TRUE(end(reader) && end(notes));
}

TEST_F(ServicesServiceTest, RelaysAFailureAndMakesItsTextsSound) {
    Side notes("notes", &room), reader("reader", &room);
    serve(notes);
    ASSERT_EQ(call(reader), GANTRY_PENDING);
    gantry_error error{};
    error.struct_size = sizeof error;
    std::fill(std::begin(error.code), std::end(error.code), 'A');  // no NUL
    error.message[0] = '\xff';                                     // no UTF-8
    EXPECT_EQ(table.respond(notes.host(), asked.next(), GANTRY_E_CONFLICT, slice(""), &error), GANTRY_OK);
    const auto conflict = ends.next();
    EXPECT_EQ(conflict.status, GANTRY_E_CONFLICT);
    EXPECT_EQ(conflict.code.size(), sizeof error.code - 1);
    EXPECT_EQ(conflict.message, "");
    ASSERT_EQ(call(reader), GANTRY_PENDING);
    EXPECT_EQ(table.respond(notes.host(), asked.next(), GANTRY_OK, slice(std::string(1'001, 'x')), nullptr), GANTRY_E_LIMIT);
    EXPECT_EQ(ends.next().code, "SERVICE_ANSWER_TOO_LARGE");
    EXPECT_TRUE(end(reader) && end(notes));
}

TEST_F(ServicesServiceTest, ACallerThatEndsHearsOfItsCallsBeforeItsGateCloses) {
    Side notes("notes", &room), reader("reader", &room);
    serve(notes);
    ASSERT_EQ(call(reader), GANTRY_PENDING);
    const gantry_id open = asked.next();
    EXPECT_TRUE(end(reader));
    EXPECT_EQ(ends.next().status, GANTRY_E_CANCELLED);
    EXPECT_EQ(table.wanted(notes.host(), open), GANTRY_E_GONE);
    EXPECT_EQ(table.respond(notes.host(), open, GANTRY_OK, slice("late"), nullptr), GANTRY_E_GONE);
    EXPECT_TRUE(end(notes));
}

TEST_F(ServicesServiceTest, ACallerThatEndsCannotCallAgain) {
    struct Retrying {
        static void done(void* user, gantry_status, gantry_bytes, const gantry_error*) {
            auto& self = *static_cast<Retrying*>(user);
            gantry_service_request request{};
            request.struct_size = sizeof request;
            request.service = str("notes.search/1");
            request.method = str("find");
            self.again = ServicesService::table().call(self.host, &request, Ends::done, &self.ends, nullptr);
        }
        const gantry_host* host;
        Ends ends;
        gantry_status again = GANTRY_OK;
    };
    Side notes("notes", &room), reader("reader", &room);
    serve(notes);
    Retrying retrying{reader.host(), {}};
    gantry_service_request request{};
    request.struct_size = sizeof request;
    request.service = str("notes.search/1");
    request.method = str("find");
    ASSERT_EQ(table.call(reader.host(), &request, Retrying::done, &retrying, nullptr), GANTRY_PENDING);
    EXPECT_NE(asked.next(), 0U);
    EXPECT_TRUE(end(reader));
    EXPECT_EQ(retrying.again, GANTRY_E_CANCELLED);
    EXPECT_TRUE(end(notes));
}

TEST_F(ServicesServiceTest, AReloadedProviderTakesOverAndTheFormerFailsWhatItLeaves) {
    Side former("notes", &room), next("notes", &room), reader("reader", &room);
    serve(former);
    ASSERT_EQ(call(reader), GANTRY_PENDING);
    const gantry_id old_call = asked.next();
    ASSERT_EQ(call(reader), GANTRY_PENDING);
    const gantry_id left = asked.next();
    serve(next);
    EXPECT_EQ(table.respond(former.host(), old_call, GANTRY_OK, slice("old"), nullptr), GANTRY_OK);
    EXPECT_EQ(ends.next().result, "old");
    EXPECT_TRUE(end(former));
    const auto failed = ends.next();
    EXPECT_EQ(failed.status, GANTRY_E_UNAVAILABLE);
    EXPECT_NE(failed.flags & GANTRY_ERROR_RETRYABLE, 0U);
    EXPECT_EQ(table.wanted(former.host(), left), GANTRY_E_GONE);
    ASSERT_EQ(call(reader), GANTRY_PENDING);
    EXPECT_EQ(table.respond(next.host(), asked.next(), GANTRY_OK, slice("new"), nullptr), GANTRY_OK);
    EXPECT_EQ(ends.next().result, "new");
    EXPECT_TRUE(end(reader) && end(next));
    ASSERT_EQ(room.in_flight(), 0U);
}

TEST_F(ServicesServiceTest, RefusesWhatBreaksTheContract) {
    Side notes("notes", &room);
    EXPECT_EQ(provide(notes, "other.search/1"), GANTRY_E_INVALID);
    EXPECT_EQ(provide(notes, "notes.search"), GANTRY_E_INVALID);
    EXPECT_EQ(provide(notes), GANTRY_OK);
    EXPECT_EQ(provide(notes), GANTRY_E_CONFLICT);
    notes.table.freeze();
    EXPECT_EQ(provide(notes, "notes.more/1"), GANTRY_E_DENIED);
    EXPECT_EQ(call(notes, nullptr, 0, "notes.other/1"), GANTRY_E_DENIED);
    EXPECT_NE(notes.lines.find("the manifest does not list notes.other/1"), std::string::npos);
    EXPECT_EQ(call(notes, nullptr, 12'345), GANTRY_E_GONE) << "no such request";
    EXPECT_EQ(call(notes, nullptr, services::Services::new_id()), GANTRY_E_GONE) << "no such call";
    EXPECT_EQ(table.call(notes.host(), nullptr, Ends::done, &ends, nullptr), GANTRY_E_INVALID);
    EXPECT_EQ(table.cancel(notes.host(), 7), GANTRY_E_GONE);
    EXPECT_TRUE(end(notes));
}

TEST_F(ServicesServiceTest, IsUnavailableOffline) {
    Side notes("notes", nullptr);
    EXPECT_EQ(provide(notes), GANTRY_OK);
    notes.table.activate();
    EXPECT_EQ(call(notes), GANTRY_E_UNAVAILABLE);
    EXPECT_TRUE(end(notes));
}

}  // namespace
}  // namespace host::bridge
