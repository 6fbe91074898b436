#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Reporter {
  public:
    explicit Reporter(gantry::Host host) : events_(host), database_(host) {
        events_.subscribe("mailer", "notes.*", *this, &Reporter::on_note, gantry::Delivery::Durable);
        events_.subscribe("screen", "*", *this, &Reporter::on_any);
    }
    void routes(gantry::Routes<Reporter>& routes) { routes.post("/note", &Reporter::note); }

  private:
    Task<void> on_note(const gantry::Event& event) const {
        const std::string topic(event.topic());
        co_await database_.query("insert", topic);
        if (event.payload() == "bad") throw gantry::Error(gantry::Status::Unavailable, "cannot mail");
    }
    void on_any(const gantry::Event& event) const {
        if (event.attempt() > 1) throw std::runtime_error("again");
    }
    Task<Response> note(const Request& request) const {
        gantry::Transaction transaction = co_await database_.begin();
        co_await events_.publish("test.noted", std::string(request.body())).key("7").within(transaction);
        co_await transaction.commit();
        co_await events_.publish("test.seen", "{}").id("evt_own");
        events_.publish_local("test.shown", "{}");
        co_return gantry::empty();
    }

    gantry::Events events_;
    gantry::Database database_;
};

}  // namespace

TEST(EventsWrapper, PublishesInATransactionAtOnceAndLocally) {
    FakeHost host;
    host.start(entry_of<Reporter>());
    EXPECT_EQ(host.send({"POST", "/note", {}, "{\"a\":1}"}).status, 204);
    const auto published = host.events().published();
    ASSERT_EQ(published.size(), 3U);
    EXPECT_EQ(published[0].topic, "test.noted");
    EXPECT_EQ(published[0].key, "7");
    EXPECT_EQ(published[0].payload, "{\"a\":1}");
    EXPECT_NE(published[0].transaction, 0U);
    EXPECT_EQ(published[1].id, "evt_own");
    EXPECT_EQ(published[1].transaction, 0U);
    EXPECT_TRUE(published[2].local);
}

TEST(EventsWrapper, HearsWithFunctionsAndCoroutinesAndTellsWhatTheyThrew) {
    FakeHost host;
    host.database().expect_affected("insert", 1);
    host.database().expect_affected("insert", 1);
    host.start(entry_of<Reporter>());
    EXPECT_EQ(host.events().subscriptions(), (std::vector<std::string>{"mailer notes.* durable", "screen *"}));
    EXPECT_EQ(host.events().deliver("mailer", "notes.created", "{}").status, GANTRY_OK);
    const auto bad = host.events().deliver("mailer", "notes.created", "bad");
    EXPECT_EQ(bad.status, GANTRY_E_UNAVAILABLE);
    EXPECT_EQ(bad.message, "cannot mail");
    EXPECT_EQ(host.events().deliver("screen", "notes.created", "{}").status, GANTRY_OK);
    EXPECT_EQ(host.events().deliver("screen", "notes.created", "{}", 2).message, "again");
}

TEST(EventsWrapper, PassesARefusalOn) {
    FakeHost host;
    host.start(entry_of<Reporter>());
    host.watch().fail_call(2, GANTRY_E_BUSY);
    EXPECT_EQ(host.send({"POST", "/note", {}, "{}"}).status, 503);
}

}  // namespace sdk_test
