#include <gantry/abi/plugin.h>
#include <gtest/gtest.h>
#include <gantry/fake_host.hpp>

namespace starter {
namespace {

using gantry::Json;
using gantry::testing::FakeHost;

TEST(Starter, SaysOfANameWhatIsConfigured) {
    FakeHost host;
    host.settings(Json::object({{"answer", "sings"}}));
    host.start(gantry_plugin_entry);
    const auto answer = host.get("/starter/Maria");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "Maria sings\n");
}

}  // namespace
}  // namespace starter
