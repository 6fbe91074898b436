#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Plain {
  public:
    explicit Plain(gantry::Host host) : host_(host) { host_.info("begins", {{"id", host_.plugin_id()}}); }
    ~Plain() { host_.info("ends"); }

  private:
    gantry::Host host_;
};

TEST(Life, IsConstructionAndDestruction) {
    FakeHost host;
    host.start(entry_of<Plain>());
    ASSERT_EQ(host.log().size(), 1U);
    EXPECT_EQ(host.log()[0].fields[0].second, "test");
    host.stop();
    EXPECT_EQ(host.log()[1].message, "ends");
}

TEST(Life, WithoutSettingsTakesNone) {
    EXPECT_EQ(FakeHost::describe(entry_of<Plain>()).dump(),
              R"({"config":{"type":"object","additionalProperties":false,"properties":{}}})");
}

class Refuses {
  public:
    explicit Refuses(gantry::Host) { throw gantry::Error(gantry::Status::Unavailable, "the model file is missing"); }
};
class ThrowsAnInteger {
  public:
    explicit ThrowsAnInteger(gantry::Host) { throw 7; }
};

template <typename Plugin>
std::string refusal(FakeHost& host) {
    try {
        host.start(entry_of<Plugin>());
    } catch (const std::runtime_error& failure) {
        return failure.what();
    }
    return "none";
}

TEST(Start, TellsTheAdministratorWhyItFails) {
    FakeHost host;
    EXPECT_EQ(refusal<Refuses>(host), "start: the model file is missing");
    FakeHost other;
    EXPECT_EQ(refusal<ThrowsAnInteger>(other), "start: an exception that is no std::exception was thrown");
}

class Reader {
  public:
    explicit Reader(gantry::Host host) : database_(host) {}

  private:
    gantry::Database database_;
};

TEST(Start, NamesTheServiceThatIsNotThere) {
    FakeHost denied;
    denied.withhold(GANTRY_DATABASE, GANTRY_E_DENIED);
    EXPECT_EQ(refusal<Reader>(denied), "start: the manifest does not ask for gantry.database/1");
    FakeHost unsupported;
    unsupported.withhold(GANTRY_DATABASE, GANTRY_E_UNSUPPORTED);
    EXPECT_EQ(refusal<Reader>(unsupported), "start: this host has no gantry.database/1");
}

class Twice {
  public:
    explicit Twice(gantry::Host) {}
    void routes(gantry::Routes<Twice>& routes) {
        routes.get("/x", &Twice::answer);
        routes.get("/x", &Twice::answer);
    }

  private:
    Response answer(const Request&) const { return gantry::text("x"); }
};

TEST(Start, FailsForARouteThatTheHostRefuses) {
    FakeHost host;
    EXPECT_EQ(refusal<Twice>(host), "start: route GET /x: status -5");
}

class Ill {
  public:
    explicit Ill(gantry::Host) {}
    gantry::Health health() { return {gantry::Health::Level::Degraded, "the upstream is slow"}; }
};
class IllBeyondWords {
  public:
    explicit IllBeyondWords(gantry::Host) {}
    gantry::Health health() { return {gantry::Health::Level::Failed, std::string(254, 'x') + "\xE2\x82\xAC"}; }
};

TEST(Health, IsWhatThePluginSays) {
    FakeHost host;
    host.start(entry_of<Ill>());
    const gantry_health health = host.health();
    EXPECT_EQ(health.level, GANTRY_HEALTH_DEGRADED);
    EXPECT_STREQ(health.detail, "the upstream is slow");
}

TEST(Health, IsCutBetweenCharacters) {
    FakeHost host;
    host.start(entry_of<IllBeyondWords>());
    EXPECT_EQ(std::string(host.health().detail), std::string(254, 'x'));
}

}  // namespace
}  // namespace sdk_test
