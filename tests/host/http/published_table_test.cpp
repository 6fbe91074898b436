#include "host/http/published_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace host::http {
namespace {

std::shared_ptr<const RouteTable> table_named(const std::string& name, std::shared_ptr<const void> pinned = nullptr) {
    RouteTableBuilder builder;
    Route route;
    route.method = "GET";
    route.pattern = "/which";
    route.owner = name;
    route.handle = [](const std::shared_ptr<Exchange>&) {};
    builder.add(std::move(route));
    return std::move(builder).freeze(std::move(pinned));
}

TEST(PublishedTable, IsEmptyBeforeTheFirst) {
    EXPECT_EQ(PublishedTable().current(), nullptr);
}

TEST(PublishedTable, GivesUpTheFormerTableAtOnceEvenIfReadersAreIdle) {
    PublishedTable published;
    auto generation = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = generation;
    published.publish(table_named("first", std::move(generation)));
    std::thread([&] { EXPECT_EQ(published.current()->lookup("GET", "/which").route->owner, "first"); }).join();
    auto in_use = published.current();
    published.publish(table_named("second"));
    EXPECT_FALSE(watched.expired()) << "a request under way still has it";
    in_use.reset();
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(published.current()->lookup("GET", "/which").route->owner, "second");
    published.publish(nullptr);
    EXPECT_EQ(published.current(), nullptr);
}

TEST(PublishedTable, NeverShowsReadersATableThatIsGone) {
    PublishedTable published;
    published.publish(table_named("0"));
    std::atomic<bool> done{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([&] {
            int last = 0;
            while (!done) {
                const auto table = published.current();
                const int seen = std::stoi(table->lookup("GET", "/which").route->owner);
                EXPECT_GE(seen, last) << "time does not run backwards";
                last = seen;
            }
        });
    }
    std::vector<std::weak_ptr<const RouteTable>> former;
    for (int i = 1; i <= 500; ++i) {
        former.push_back(published.current());
        published.publish(table_named(std::to_string(i)));
    }
    done = true;
    for (std::thread& reader : readers)
        reader.join();
    for (const auto& each : former)
        EXPECT_TRUE(each.expired());
}

}  // namespace
}  // namespace host::http
