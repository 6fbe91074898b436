#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gantry/json.hpp>

#include "host/check/trial.hpp"

namespace host::check {

struct Attempt {
    std::vector<std::string> findings;
    std::string skipped;  // why; empty: it was not
    std::vector<gantry::Json> facts;
    std::chrono::milliseconds duration{0};
};

// Runs `work` in a process of its own. A crash, an exit and a hang of it are findings, as is what a sanitizer reports; what
// it started dies with it. The calling process must have one thread only.
Attempt run_in_child(const std::function<void(Trial&)>& work, std::uint64_t seed, std::chrono::milliseconds time_max);

}  // namespace host::check
