#pragma once

// For a plugin's tests: a host without server and without database, in the same process.
//
//     gantry::testing::FakeHost host;
//     host.settings(gantry::Json::object({{"greeting", "Hi"}}));
//     host.start(gantry_plugin_entry);
//     const auto answer = host.get("/hello/World");
//     EXPECT_EQ(answer.status, 200);

#include <gtest/gtest.h>

#include <gantry/testing/golden.hpp>
#include <gantry/testing/host.hpp>

namespace gantry::testing {

inline const bool violations_fail_the_test = [] {
    report_violation = [](const std::string& violation) { ADD_FAILURE() << violation; };
    return true;
}();

}  // namespace gantry::testing
