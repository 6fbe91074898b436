#include "host/core/declarations.hpp"

#include <gtest/gtest.h>

#include <string>

namespace host::core {
namespace {

struct Worker {
    std::string plugin;
};

std::shared_ptr<const Worker> worker_of(std::string plugin) {
    return std::make_shared<const Worker>(Worker{std::move(plugin)});
}

TEST(Declarations, AreWrittenInTheOrderInWhichTheyCame) {
    Declarations<Worker> declarations;
    const auto notes = worker_of("notes"), mailer = worker_of("mailer");
    declarations.add(notes);
    declarations.add(mailer);
    EXPECT_EQ(declarations.first(), notes);
    EXPECT_EQ(declarations.first(), notes) << "it stays until it is written";
    declarations.remove(notes);
    EXPECT_EQ(declarations.first(), mailer);
}

TEST(Declarations, OfOnePluginAreTheLastOnly) {
    Declarations<Worker> declarations;
    const auto former = worker_of("notes"), mailer = worker_of("mailer"), next = worker_of("notes");
    for (const auto& each : {former, mailer, next})
        declarations.add(each);
    EXPECT_EQ(declarations.first(), mailer);
    declarations.remove(mailer);
    EXPECT_EQ(declarations.first(), next);
    // Somebody was writing it when it was replaced.
    declarations.remove(former);
    EXPECT_EQ(declarations.first(), next);
}

TEST(Declarations, AreGoneOnceWithdrawn) {
    Declarations<Worker> declarations;
    const auto notes = worker_of("notes");
    declarations.add(notes);
    declarations.remove(notes);
    EXPECT_TRUE(declarations.empty());
    EXPECT_EQ(declarations.first(), nullptr);
}

}  // namespace
}  // namespace host::core
