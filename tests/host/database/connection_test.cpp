#include "host/database/connection.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/database/connection_url.hpp"
#include "host/database/session_url.hpp"
#include "tests/host/database/values.hpp"
#include "tests/support/postgres.hpp"

using namespace host::database;
using namespace std::chrono_literals;
using host::core::Code;
using host::core::Error;
using host::core::Monotonic;

namespace {

Bounds bounds(std::chrono::milliseconds duration = 20s) {
    return {Monotonic::now() + duration, 1 << 20};
}

std::string url_of(const std::string& database) {
    return session_url(database, {5s, 30s, 60s});
}

std::int64_t integer_of(Connection& connection, const std::string& sql) {
    return connection.run(sql, {}, bounds()).cell(0, 0).as.integer;
}

// Takes connections and says nothing.
class SilentServer {
  public:
    SilentServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(listen(listener_, 16), 0);
        EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer() {
        hang_up();
        close(listener_);
    }
    std::string url() const { return "postgresql://gantry@127.0.0.1:" + std::to_string(port_) + "/gantry"; }
    // How many have come since the last call; waits for the first of all.
    std::size_t came() {
        pollfd listener{listener_, POLLIN, 0};
        if (peers_.empty()) poll(&listener, 1, 20'000);
        const std::size_t before = peers_.size();
        for (int peer = accept(listener_, nullptr, nullptr); peer >= 0; peer = accept(listener_, nullptr, nullptr))
            peers_.push_back(peer);
        return peers_.size() - before;
    }
    void hang_up() {
        for (const int peer : peers_)
            close(peer);
        peers_.clear();
    }

  private:
    const int listener_;
    int port_ = 0;
    std::vector<int> peers_;
};

// Why it does not connect; "" if it does.
std::string refusal_of(Connection& connection, const Bounds& bounds) {
    try {
        connection.connect(bounds);
    } catch (const Error& error) {
        EXPECT_TRUE(error.code() == Code::Unavailable || error.code() == Code::Cancelled) << error.what();
        return error.what();
    }
    return "";
}

}  // namespace

TEST(Connection, IsWaitedForNoLongerThanTheDeadlineAndComesFromOneAttempt) {
    SilentServer server;
    Connection connection(session_url(server.url(), {20s, 30s, 60s}), tests::quiet_logger());
    const auto begun = Monotonic::now();
    EXPECT_EQ(refusal_of(connection, bounds(50ms)), "the server has not answered yet");
    EXPECT_EQ(refusal_of(connection, bounds(50ms)), "the server has not answered yet");
    EXPECT_LT(Monotonic::now() - begun, 10s);
    EXPECT_EQ(server.came(), 1U);
    const int event = eventfd(1, EFD_CLOEXEC);
    Bounds cancelled = bounds();
    cancelled.cancel_event = event;
    EXPECT_THAT(refusal_of(connection, cancelled), testing::HasSubstr("cancelled"));
    close(event);
    server.hang_up();
    EXPECT_THAT(refusal_of(connection, bounds()), testing::HasSubstr("closed the connection"));
    EXPECT_EQ(server.came(), 0U);
    EXPECT_EQ(refusal_of(connection, bounds(50ms)), "the server has not answered yet") << "another attempt";
}

TEST(Connection, KeepsAStatementPreparedAndForgetsTheOldest) {
    Connection connection(url_of(tests::fresh_database()), tests::quiet_logger());
    connection.connect();
    for (int i = 0; i < 300; ++i)
        integer_of(connection, "select " + std::to_string(i));
    EXPECT_LE(integer_of(connection, "select count(*) from pg_prepared_statements where name like 'gantry_%'"), 258);
    EXPECT_EQ(integer_of(connection, "select 299"), 299);
}

TEST(Connection, LeaksNoStatementWhenATransactionFailed) {
    Connection connection(url_of(tests::fresh_database()), tests::quiet_logger());
    connection.connect();
    connection.command("create schema app; set search_path = app; create table note (id int)", bounds());
    for (int i = 0; i < 20; ++i) {
        connection.run("select * from note", {}, bounds());
        connection.command("alter table note add column c" + std::to_string(i) + " int", bounds());
        connection.command("begin", bounds());
        EXPECT_THROW(connection.run("select * from note", {}, bounds()), Error) << "stale, and a retry is not possible";
        EXPECT_EQ(connection.transaction(), Connection::Transaction::Failed);
        connection.command("rollback", bounds());
    }
    connection.run("select 'another'", {}, bounds());
    EXPECT_LE(integer_of(connection, "select count(*) from pg_prepared_statements where name like 'gantry_%'"), 4);
}

TEST(Connection, SurvivesDeallocateAll) {
    Connection connection(url_of(tests::fresh_database()), tests::quiet_logger());
    connection.connect();
    EXPECT_EQ(integer_of(connection, "select 7"), 7);
    connection.command("deallocate all", bounds());
    EXPECT_EQ(integer_of(connection, "select 7"), 7);
}

TEST(Connection, NoticesThatTheServerClosedIt) {
    const std::string database = tests::fresh_database();
    Connection victim(url_of(database), tests::quiet_logger());
    Connection killer(url_of(tests::as_superuser(database)), tests::quiet_logger());
    victim.connect();
    killer.connect();
    EXPECT_TRUE(victim.alive());
    const auto id = integer_of(victim, "select pg_backend_pid()");
    killer.run("select pg_terminate_backend($1, 5000)", {Value(tests::integer(id))}, bounds());
    EXPECT_FALSE(victim.alive());
    try {
        victim.run("select 1", {}, bounds());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Unavailable) << error.what();
        EXPECT_TRUE(error.retryable());
    }
    victim.connect();
    EXPECT_EQ(integer_of(victim, "select 1"), 1);
}

TEST(Connection, EndsAStatementAtTheDeadlineOrWhenCancelled) {
    Connection connection(url_of(tests::fresh_database()), tests::quiet_logger());
    connection.connect();
    try {
        connection.run("select pg_sleep(30)", {}, bounds(30ms));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Timeout);
    }
    const int event = eventfd(1, EFD_CLOEXEC);
    try {
        Bounds cancelled = bounds();
        cancelled.cancel_event = event;
        connection.run("select pg_sleep(30)", {}, cancelled);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Cancelled);
    }
    close(event);
    EXPECT_EQ(integer_of(connection, "select 1"), 1);
}

TEST(Connection, TellsTheServersOwnTimeoutApart) {
    Connection connection(session_url(tests::fresh_database(), {5s, 50ms, 60s}), tests::quiet_logger());
    connection.connect();
    try {
        connection.run("select pg_sleep(30)", {}, bounds());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Timeout);
        EXPECT_EQ(error.name(), "SQLSTATE_57014");
    }
}

TEST(Connection, TakesACancellationByAnAdministratorForTroubleNotForADeadline) {
    const std::string database = tests::fresh_database();
    Connection connection(session_url(database, {5s, 30s, 60s}), tests::quiet_logger());
    connection.connect();
    const std::int64_t pid = integer_of(connection, "select pg_backend_pid()");
    std::atomic<bool> over{false};
    std::thread administrator([&] {
        Connection other(session_url(database, {5s, 30s, 60s}), tests::quiet_logger());
        other.connect();
        while (!over)
            integer_of(other, "select pg_cancel_backend(" + std::to_string(pid) + ")::int");
    });
    try {
        connection.run("select pg_sleep(30)", {}, bounds());
        ADD_FAILURE() << "was not cancelled";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Unavailable);
    }
    over = true;
    administrator.join();
}

TEST(Connection, HoldsADeadlineWhileCopyWaitsForALock) {
    const std::string database = tests::fresh_database();
    Connection locker(url_of(database), tests::quiet_logger()), writer(url_of(database), tests::quiet_logger());
    locker.connect();
    writer.connect();
    locker.command("create schema app; create table app.note (t text)", bounds());
    locker.command("begin; lock table app.note", bounds());
    Copy copy;
    copy.statement = "copy app.note (t) from stdin";
    copy.text.assign(8 << 20, 'x');
    try {
        writer.copy_in(copy, bounds(100ms));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::Timeout);
    }
    locker.command("rollback", bounds());
    EXPECT_EQ(writer.copy_in({"copy app.note (t) from stdin", "a\nb\n", 2, 0, {}}, bounds()).affected(), 2U);
}
