#include <gtest/gtest.h>

#include <optional>

#include "host/bridge/host_table.hpp"
#include "host/bridge/text.hpp"
#include "tests/support/room_host.hpp"

namespace host::bridge {
namespace {

// A plugin that asks for more when the host takes back what it waits for.
class SilenceTest : public testing::Test {
  protected:
    static void never(void*, gantry_status, gantry_str, const gantry_error*) { ADD_FAILURE() << "was refused"; }
    static void never_done(void*, gantry_status, const gantry_error*) { ADD_FAILURE() << "was refused"; }

    static void ask_for_more(void* user, gantry_status status, const gantry_rows*, const gantry_error*) {
        auto& self = *static_cast<SilenceTest*>(user);
        self.queried = status;
        gantry_job job{};
        job.struct_size = sizeof job;
        job.kind = str("late");
        self.submitted = JobsService::table().submit(self.table->host(), &job, never, nullptr);
        self.cancelled = JobsService::table().cancel(self.table->host(), str("job_1"), never_done, nullptr);
        gantry_event event{};
        event.struct_size = sizeof event;
        event.topic = str("notes.late");
        self.published = EventsService::table().publish(self.table->host(), &event, 0, 0, never_done, nullptr);
    }

    gantry_status queried = GANTRY_OK;
    gantry_status submitted = GANTRY_OK;
    gantry_status cancelled = GANTRY_OK;
    gantry_status published = GANTRY_OK;
    std::optional<HostTable> table;
};

TEST_F(SilenceTest, ACallbackOfTheEndBeginsNothingThatCouldNotBeCompleted) {
    tests::Server server;
    tests::RoomHost host(server);
    database::Migrator(host.database.access(), tests::quiet_logger()).apply("notes", "/nowhere");
    jobs::Jobs jobs({}, host.database, host.pool, tests::quiet_logger());
    events::Events events({}, host.database, host.pool, tests::quiet_logger());
    jobs.start();
    events.start();
    table.emplace(HostTable::Plugin{"notes", "/", {}},
                  HostTable::Registrar{.add_route = [](http::Route) {}, .record = [](auto&&...) {}},
                  Rooms{.database = &host.database, .jobs = &jobs, .events = &events}, tests::quiet_logger());
    gantry_query query{};
    query.struct_size = sizeof query;
    query.sql = str("select pg_sleep(600)");
    gantry_id operation = 0;
    ASSERT_EQ(DatabaseService::table().query(table->host(), &query, ask_for_more, this, &operation), GANTRY_PENDING);
    EXPECT_TRUE(table->silence(std::chrono::steady_clock::now() + tests::patience));
    EXPECT_EQ(queried, GANTRY_E_CANCELLED);
    EXPECT_EQ(submitted, GANTRY_E_CANCELLED);
    EXPECT_EQ(cancelled, GANTRY_E_CANCELLED);
    EXPECT_EQ(published, GANTRY_E_CANCELLED);
    table.reset();
    host.client.reset();
    jobs.stop();
    events.stop();
}

}  // namespace
}  // namespace host::bridge
