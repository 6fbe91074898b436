#include <gantry/abi/plugin.h>
#include <gtest/gtest.h>
#include <gantry/fake_host.hpp>

#include <string>

namespace hello {
namespace {

using gantry::Json;
using gantry::testing::FakeHost;

TEST(Hello, GreetsByName) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    const auto answer = host.get("/hello/World");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.body, "Hello, World!\n");
}

TEST(Hello, GreetsWithTheConfiguredWord) {
    FakeHost host;
    host.settings(Json::object({{"greeting", "Servus"}}));
    host.start(gantry_plugin_entry);
    EXPECT_EQ(host.get("/hello/World").body, "Servus, World!\n");
}

TEST(Hello, DecodesTheName) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    EXPECT_EQ(host.get("/hello/Zo%C3%AB%20+1").body, "Hello, Zo\u00eb +1!\n");
}

TEST(Hello, HandsOverALongGreetingWithoutLoss) {
    FakeHost host;
    host.start(gantry_plugin_entry);
    const std::string name(100'000, 'x');
    EXPECT_EQ(host.get("/hello/" + name).body, "Hello, " + name + "!\n");
}

TEST(Hello, LimitsTheGreetingTo40Characters) {
    const Json description = FakeHost::describe(gantry_plugin_entry);
    const Json& greeting = *description.find("config")->find("properties")->find("greeting");
    EXPECT_EQ(greeting.find("minLength")->as_integer(), 1);
    EXPECT_EQ(greeting.find("maxLength")->as_integer(), 40);
    EXPECT_EQ(greeting.find("default")->as_string(), "Hello");
}

}  // namespace
}  // namespace hello
