#include "host/plugin/version_order.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace host::plugin {
namespace {

TEST(VersionOrder, IsThatOfSemanticVersioning) {
    const std::vector<std::string> ascending{"0.9.10",
                                             "1.0.0-alpha",
                                             "1.0.0-alpha.1",
                                             "1.0.0-alpha.beta",
                                             "1.0.0-beta",
                                             "1.0.0-beta.2",
                                             "1.0.0-beta.11",
                                             "1.0.0-rc.1",
                                             "1.0.0",
                                             "1.2.0",
                                             "1.10.0",
                                             "2.0.0",
                                             "2.0.99999999999999999999"};
    for (std::size_t i = 0; i < ascending.size(); ++i)
        for (std::size_t k = 0; k < ascending.size(); ++k)
            EXPECT_EQ(is_older(ascending[i], ascending[k]), i < k) << ascending[i] << " and " << ascending[k];
}

TEST(VersionOrder, DoesNotCountTheBuild) {
    EXPECT_FALSE(is_older("1.0.0+a", "1.0.0+b"));
    EXPECT_FALSE(is_older("1.0.0+b", "1.0.0"));
}

}  // namespace
}  // namespace host::plugin
