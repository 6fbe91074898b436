#include <gmock/gmock.h>

#include "tests/sdk/plugin_under_test.hpp"

namespace sdk_test {
namespace {

using ::testing::ElementsAre;

class Doorkeeper {
  public:
    explicit Doorkeeper(gantry::Host) {}

    std::optional<gantry::Principal> authenticate(const Request& request) {
        const auto header = request.header("authorization");
        if (!header) return std::nullopt;
        if (*header == "Bearer wrong") throw gantry::Error(gantry::Status::Unauthenticated, "not known");
        if (*header == "Bearer broken") throw std::runtime_error("the list is not there");
        gantry::Principal principal;
        principal.id = "usr_1";
        principal.organisation = "org_1";
        principal.scopes = {"notes:read", "notes:write"};
        return principal;
    }
};

class SlowDoorkeeper {
  public:
    explicit SlowDoorkeeper(gantry::Host host) : database_(host) {}

    Task<std::optional<gantry::Principal>> authenticate(const Request& request) {
        const gantry::Rows rows = co_await database_.query("select id from token where value = $1", request.path());
        gantry::Principal principal;
        principal.id = rows[0].get<std::string>("id");
        co_return principal;
    }

  private:
    gantry::Database database_;
};

TEST(Identity, TellsThePrincipal) {
    FakeHost host;
    host.start(entry_of<Doorkeeper>());
    const auto known = host.authenticate({"GET", "/", {{"Authorization", "Bearer right"}}});
    EXPECT_EQ(known.status, GANTRY_OK);
    EXPECT_EQ(known.id, "usr_1");
    EXPECT_EQ(known.organisation, "org_1");
    EXPECT_THAT(known.scopes, ElementsAre("notes:read", "notes:write"));
    EXPECT_EQ(known.claims_json, "{}");
}

TEST(Identity, TellsNoCredentialsFromWrongOnesAndFromAFault) {
    FakeHost host;
    host.start(entry_of<Doorkeeper>());
    EXPECT_EQ(host.authenticate({}).status, GANTRY_E_NOT_FOUND);
    EXPECT_EQ(host.authenticate({"GET", "/", {{"Authorization", "Bearer wrong"}}}).status, GANTRY_E_UNAUTHENTICATED);
    EXPECT_EQ(host.authenticate({"GET", "/", {{"Authorization", "Bearer broken"}}}).status, GANTRY_E_UNAVAILABLE);
}

TEST(Identity, ACoroutineAnswersLater) {
    FakeHost host;
    host.database().expect("select id from token where value = $1", FakeRows({"id"}).row("usr_7"));
    host.start(entry_of<SlowDoorkeeper>());
    EXPECT_EQ(host.authenticate({"GET", "/notes"}).id, "usr_7");
}

}  // namespace
}  // namespace sdk_test
