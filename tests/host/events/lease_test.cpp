#include <gtest/gtest.h>

#include <chrono>

#include "tests/host/events/running_events.hpp"

using namespace host::events;
using namespace tests;

namespace {

// Looks often whether a subscription is free.
Settings attentive_settings() {
    Settings settings = quick_settings();
    settings.poll = 50ms;
    settings.lease = 5s;
    return settings;
}

// Another host that has the subscription, as far as the database tells.
class Other {
  public:
    explicit Other(Host& host) : host_(host) {
        host_.command(
            "insert into event_subscription (plugin, name, pattern, host) values ('mailer', 'all', 'notes.*', 'other')");
    }
    // Renews its lease, which ends by a clock that is so far from that of the database.
    void beat(const std::string& step) {
        host_.command("update event_subscription set lease_until = clock_timestamp() + interval '" + step +
                      "' where host = 'other'");
    }
    bool has_it() { return host_.number("select count(*) from event_subscription where host = 'other'") == 1; }

  private:
    Host& host_;
};

}  // namespace

TEST(Leases, OfAHostThatIsHeardOfAreItsOwnWhateverTheWallClockSays) {
    const Server server;
    Host host(server, attentive_settings());
    Other other(host);
    other.beat("-1 hour");
    Heard heard;
    host.events.activate(subscriber_of({durable("notes.*", into(heard))}));
    const auto until = std::chrono::steady_clock::now() + 1s;
    while (std::chrono::steady_clock::now() < until) {
        other.beat("-1 hour");
        ASSERT_TRUE(other.has_it());
    }
    ASSERT_EQ(host.publish(event_of("1")), "");
    EXPECT_EQ(heard.wait_for(1), std::vector<std::string>{"1"}) << "the silence of the other was not noticed";
    EXPECT_FALSE(other.has_it());
}

TEST(Leases, ThatWouldNotEndForHoursAreTakenFromAHostThatIsSilent) {
    const Server server;
    Settings settings = attentive_settings();
    settings.lease = 300ms;
    Host host(server, settings);
    Other other(host);
    other.beat("6 hours");
    Heard heard;
    host.events.activate(subscriber_of({durable("notes.*", into(heard))}));
    ASSERT_EQ(host.publish(event_of("1")), "");
    EXPECT_EQ(heard.wait_for(1), std::vector<std::string>{"1"});
    EXPECT_FALSE(other.has_it());
}
