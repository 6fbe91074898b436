#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Shop {
  public:
    explicit Shop(gantry::Host host) : database_(host) {}
    void routes(gantry::Routes<Shop>& routes) {
        routes.get("/types", &Shop::types);
        routes.get("/wait", &Shop::wait).blocking();
        routes.get("/wait_on_a_loop", &Shop::wait);
        routes.get("/two", &Shop::two);
        routes.get("/left", &Shop::left);
        routes.get("/caught", &Shop::caught);
        routes.get("/bulk", &Shop::bulk);
        routes.get("/uncaught", &Shop::uncaught);
        routes.get("/wrong", &Shop::wrong);
    }

  private:
    Task<Response> types(const Request&) const {
        const std::optional<std::string> nothing;
        const Json list = Json::array({1});
        const std::vector<std::string> names = {"a"};
        const gantry::Rows rows = co_await database_.query("select", 1, -2L, 2.5, true, "text", std::string("more"), nothing,
                                                           nullptr, gantry::Bytes{"\x01\x02"}, gantry::Timestamp{7}, list,
                                                           gantry::Uuid{"u"}, gantry::Numeric{"1.50"}, names);
        const gantry::Row row = rows[0];
        std::string out;
        out += std::to_string(row.get<std::int64_t>("i")) + "," + std::to_string(row.get<int>(0)) + ",";
        out += std::to_string(row.get<double>("d")) + "," + (row.get<bool>("b") ? "yes," : "no,");
        out += std::string(row.get<std::string_view>("t")) + "," + row.get<gantry::Bytes>("y").data + ",";
        out += row.get<gantry::Timestamp>("ts").text() + "," + row.get<Json>("j").dump() + ",";
        out += row.get<gantry::Uuid>("u").text + "," + row.get<gantry::Numeric>("n").text + ",";
        out += row.get<std::vector<std::string>>("a")[1] + "," + row.get<std::optional<std::string>>("z").value_or("null");
        co_return gantry::text(out);
    }
    Response wait(const Request&) const {
        gantry::Transaction transaction = database_.begin().get();
        const gantry::Rows rows = transaction.query("select $1", 7).get();
        transaction.commit().get();
        return gantry::text(std::to_string(rows[0].get<int>(0)));
    }
    Task<Response> two(const Request&) const {
        gantry::Transaction transaction = co_await database_.begin(gantry::Isolation::Serializable);
        co_await transaction.query("insert a");
        co_await transaction.query("insert b");
        co_await transaction.commit();
        co_return gantry::empty();
    }
    Task<Response> left(const Request&) const {
        gantry::Transaction transaction = co_await database_.begin();
        co_await transaction.query("insert a");
        throw gantry::Error(gantry::Status::Invalid, "changed my mind");
    }
    Task<Response> caught(const Request&) const {
        try {
            co_await database_.query("insert a");
        } catch (const gantry::DatabaseError& failure) {
            co_return gantry::text(failure.sqlstate() + " " + failure.constraint());
        }
        co_return gantry::empty();
    }
    Task<Response> bulk(const Request&) const {
        gantry::CopyRows rows({"id", "name"});
        for (int i = 0; i < 3; ++i)
            rows.add(i, "name " + std::to_string(i));
        const std::uint64_t count = co_await database_.copy_in("person", rows);
        co_return gantry::text(std::to_string(count));
    }
    Task<Response> uncaught(const Request&) const {
        co_await database_.query("insert a");
        co_return gantry::empty();
    }
    Task<Response> wrong(const Request&) const {
        const gantry::Rows rows = co_await database_.query("select");
        co_return gantry::text(rows[0].get<std::string>("nmae"));
    }

    gantry::Database database_;
};

class WithDatabase : public ::testing::TestWithParam<Completions> {
  protected:
    WithDatabase() : host(GetParam()) { host.start(entry_of<Shop>()); }
    FakeHost host;
};
INSTANTIATE_TEST_SUITE_P(Threads, WithDatabase, ::testing::Values(Completions::ByHand, Completions::OnAnotherThread));

TEST_P(WithDatabase, CarriesEveryTypeThereAndBack) {
    host.database().expect(
        "select", FakeRows({"i", "d", "b", "t", "y", "ts", "j", "u", "n", "a", "z"})
                      .row(5, 0.5, true, "abc", gantry::Bytes{"xyz"}, gantry::Timestamp{0}, Json::array({1, 2}),
                           gantry::Uuid{"uuid"}, gantry::Numeric{"10.00"}, std::vector<std::string>{"p", "q\"r"}, nullptr));
    EXPECT_EQ(host.get("/types").body, "5,5,0.500000,yes,abc,xyz,1970-01-01T00:00:00.000000Z,[1,2],uuid,10.00,q\"r,null");
    EXPECT_EQ(host.database().statements()[0].parameters,
              (std::vector<std::string>{"1", "-2", "2.500000", "true", "text", "more", "NULL", "NULL", "\x01\x02", "7",
                                        "[1]", "u", "1.50", "{\"a\"}"}));
}

TEST_P(WithDatabase, CommitsATransactionThatSaysSo) {
    host.database().expect_affected("insert a", 1);
    host.database().expect_affected("insert b", 1);
    EXPECT_EQ(host.get("/two").status, 204);
    EXPECT_EQ(host.database().commits(), 1U);
    EXPECT_EQ(host.database().statements()[1].transaction, 1U);
}

TEST_P(WithDatabase, RollsBackATransactionThatIsLeft) {
    host.database().expect_affected("insert a", 1);
    EXPECT_EQ(host.get("/left").status, 400);
    EXPECT_EQ(host.database().commits(), 0U);
    EXPECT_EQ(host.database().open_transactions(), 0U);
}

TEST_P(WithDatabase, LetsAPluginCatchAFailure) {
    host.database().expect_failure("insert a", "23503", "person_fkey");
    EXPECT_EQ(host.get("/caught").body, "23503 person_fkey");
}

TEST_P(WithDatabase, TurnsFailuresIntoProblems) {
    const auto status_after = [&](const char* sqlstate) {
        host.database().expect_failure("insert a", sqlstate);
        return host.get("/uncaught").status;
    };
    EXPECT_EQ(status_after("23505"), 409U);
    EXPECT_EQ(status_after("57P01"), 503U);
    EXPECT_EQ(status_after("08006"), 503U);
    EXPECT_EQ(status_after("42601"), 500U);
    host.database().expect_unavailable("insert a");
    EXPECT_EQ(host.get("/uncaught").problem().find("code")->as_string(), "DEPENDENCY_UNAVAILABLE");
}

TEST_P(WithDatabase, NamesTheColumnThatIsNotThere) {
    host.database().expect("select", FakeRows({"name"}).row("x"));
    EXPECT_EQ(host.get("/wrong").status, 500);
    EXPECT_EQ(host.log()[0].fields[0].second, "the result has no column nmae");
}

TEST_P(WithDatabase, CopiesManyRows) {
    host.database().expect_affected("copy person", 3);
    EXPECT_EQ(host.get("/bulk").body, "3");
    EXPECT_EQ(host.database().statements()[0].parameters,
              (std::vector<std::string>{"0", "name 0", "1", "name 1", "2", "name 2"}));
}

TEST_P(WithDatabase, DoesNotBlockAnEventLoop) {
    EXPECT_EQ(host.get("/wait_on_a_loop").status, 500);
    EXPECT_EQ(host.database().statements().size(), 0U);
}

TEST(WithDatabaseOnABlockingThread, Waits) {
    FakeHost host;
    host.start(entry_of<Shop>());
    host.database().expect("select $1", FakeRows({"n"}).row(7));
    EXPECT_EQ(host.get("/wait").body, "7");
    EXPECT_EQ(host.database().commits(), 1U);
}

TEST(Stopping, WaitsForOpenWork) {
    FakeHost host(Completions::ByHand);
    host.start(entry_of<Shop>());
    host.database().expect_affected("insert a", 1);
    const auto pending = host.begin({"GET", "/uncaught"});
    EXPECT_FALSE(pending.answered());
    host.stop();
    EXPECT_TRUE(pending.answered());
}

}  // namespace
}  // namespace sdk_test
