#include "host/config/nearest.hpp"

#include <gtest/gtest.h>

namespace host::config {
namespace {

TEST(Nearest, KnowsSwapsOmissionsAndStrangers) {
    const std::vector<std::string> known{"page", "listen", "connections"};
    EXPECT_EQ(did_you_mean("pgae", known), ", did you mean 'page'?");
    EXPECT_EQ(did_you_mean("lisen", known), ", did you mean 'listen'?");
    EXPECT_EQ(did_you_mean("conections", known), ", did you mean 'connections'?");
    EXPECT_EQ(did_you_mean("colour", known), "");
    EXPECT_EQ(did_you_mean("", known), "");
    EXPECT_EQ(did_you_mean(std::string(100'000, 'x'), known), "");
}

}  // namespace
}  // namespace host::config
