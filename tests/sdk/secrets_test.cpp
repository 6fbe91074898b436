#include "plugin_under_test.hpp"

#include <atomic>

namespace sdk_test {
namespace {

std::atomic<int> renewals = 0;

class Keeper {
  public:
    explicit Keeper(gantry::Host host) : secrets_(host), watch_(secrets_.watch("api_key", [this] { renew(); })) { renew(); }
    void routes(gantry::Routes<Keeper>& routes) {
        routes.get("/key", &Keeper::key).blocking();
        routes.get("/put", &Keeper::put).blocking();
        routes.get("/remove", &Keeper::remove).blocking();
        routes.get("/on_a_loop", &Keeper::key);
    }

  private:
    void renew() {
        const std::optional<gantry::Secret> key = secrets_.find("api_key");
        if (key) ++renewals;
    }
    Response key(const Request&) const { return gantry::text(std::string(secrets_.get("api_key").view())); }
    Response put(const Request&) const {
        secrets_.put("api_key", "own");
        return gantry::empty();
    }
    Response remove(const Request&) const { return gantry::text(secrets_.remove("api_key") ? "removed" : "was not there"); }

    gantry::Secrets secrets_;
    gantry::Secrets::Watch watch_;
};

TEST(Secrets, ReadsWhatTheAdministratorGave) {
    FakeHost host;
    host.secrets().give("api_key", "geheim");
    host.start(entry_of<Keeper>());
    EXPECT_EQ(host.get("/key").body, "geheim");
    EXPECT_EQ(host.get("/put").status, 409) << "it cannot be overwritten";
}

TEST(Secrets, StoresAndRemovesItsOwn) {
    FakeHost host;
    host.start(entry_of<Keeper>());
    EXPECT_EQ(host.get("/key").status, 404);
    host.get("/put");
    EXPECT_EQ(host.secrets().stored("api_key"), "own");
    EXPECT_EQ(host.get("/key").body, "own");
    EXPECT_EQ(host.get("/remove").body, "removed");
    EXPECT_EQ(host.get("/remove").body, "was not there");
}

TEST(Secrets, HearsOfAChangeAndReadsItAnew) {
    FakeHost host(Completions::ByHand);
    host.start(entry_of<Keeper>());
    const int before = renewals;
    host.secrets().give("api_key", "geheim");
    host.complete_all();
    EXPECT_EQ(renewals, before + 1);
}

TEST(Secrets, AreNotForEventLoops) {
    FakeHost host;
    host.secrets().give("api_key", "geheim");
    host.start(entry_of<Keeper>());
    EXPECT_NE(host.get("/on_a_loop").status, 200);
    EXPECT_EQ(host.watch().take_violations().size(), 1u);
}

}  // namespace
}  // namespace sdk_test
