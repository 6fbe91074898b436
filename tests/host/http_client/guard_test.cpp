// Where a call may lead: what the egress rules permit, and no further however the name is resolved.
#include "host/http_client/client.hpp"

#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using tests::Calling;
using tests::get;
using tests::Outcome;
using tests::Peer;
using tests::Received;
using tests::ScriptedServer;

std::string lie(const std::string& name, std::uint16_t port, const std::string& address) {
    return name + ":" + std::to_string(port) + ":" + address;
}

TEST(Guard, RefusesWhatIsNotListedBeforeAnythingIsSent) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "x"); });
    Calling calling({}, {}, {});
    EXPECT_EQ(calling.refusal(get(server.url())), "EGRESS_DENIED");
    EXPECT_EQ(calling.refusal(get("https://api.github.com/")), "EGRESS_DENIED");
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_EQ(calling.client.counts().refused, 2u);
}

TEST(Guard, RefusesAPrivateAddressHoweverItIsSpelt) {
    Calling calling({}, {"*:*"}, {});
    for (const char* url :
         {"http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
          "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://0/", "http://[fd00::1]/"})
        EXPECT_EQ(calling.refusal(get(url)), "ADDRESS_DENIED") << url;
}

TEST(Guard, RefusesAPermittedNameThatPointsInside) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "x"); });
    for (const char* address : {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "[fe80::1]"}) {
        Calling calling({.resolve = {lie("rebind.test", server.port(), address)}}, {"rebind.test:*"}, {});
        const Outcome outcome = calling.run(get("http://rebind.test:" + std::to_string(server.port()) + "/"));
        EXPECT_EQ(outcome.failure(), "ADDRESS_DENIED") << address;
        EXPECT_EQ(outcome.error->code(), core::Code::Denied);
        EXPECT_NE(std::string(outcome.error->what()).find("egress_private"), std::string::npos);
    }
    EXPECT_EQ(server.connections(), 0u);
}

TEST(Guard, ReachesPrivateAddressesOfNamesThatTheAdministratorListed) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "inside"); });
    Calling calling({.resolve = {lie("vault.test", server.port(), "127.0.0.1"), lie("meta.test", 80, "169.254.169.254")}},
                    {}, {"vault.test:*", "meta.test:*"});
    EXPECT_EQ(calling.run(get("http://vault.test:" + std::to_string(server.port()) + "/")).body, "inside");
    EXPECT_EQ(calling.run(get("http://meta.test/")).failure(), "ADDRESS_DENIED") << "no name leads to the metadata service";
}

TEST(Guard, LooksAtEachAddressOfAName) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "x"); });
    Calling calling({.resolve = {lie("two.test", server.port(), "10.255.255.1,127.0.0.1")}}, {"two.test:*"}, {});
    EXPECT_EQ(calling.run(get("http://two.test:" + std::to_string(server.port()) + "/")).failure(), "ADDRESS_DENIED");
    EXPECT_EQ(server.connections(), 0u);
}

// Connections are shared by all plugins; permission is not.
TEST(Guard, DoesNotInheritAConnectionThatAnotherPluginMayUse) {
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "inside"); });
    Calling calling({.resolve = {lie("vault.test", server.port(), "127.0.0.1")}}, {}, {"vault.test:*"});
    const std::string url = "http://vault.test:" + std::to_string(server.port()) + "/";
    EXPECT_EQ(calling.run(get(url)).body, "inside");
    const auto stranger = calling.client.caller("other", Egress("other", {"vault.test:*"}, {}));
    tests::Pending pending;
    stranger->send(get(url), pending.events(), &pending.id);
    EXPECT_EQ(pending.wait().failure(), "ADDRESS_DENIED");
    EXPECT_EQ(server.received().size(), 1u) << "nothing was sent for the other plugin";
    EXPECT_EQ(calling.run(get(url)).body, "inside");
}

}  // namespace
}  // namespace host::http_client
