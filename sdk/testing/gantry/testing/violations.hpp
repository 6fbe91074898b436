#pragma once

#include <cstdio>
#include <string>

namespace gantry::testing {

// Where a FakeHost tells, at its end, what broke the contract. <gantry/fake_host.hpp> makes it a failure of GoogleTest; a
// program without GoogleTest puts its own function here.
inline void (*report_violation)(const std::string& violation) = [](const std::string& violation) {
    std::fprintf(stderr, "gantry: %s\n", violation.c_str());
};

}  // namespace gantry::testing
