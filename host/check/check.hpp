#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/check/subject.hpp"

namespace host::check {

struct Options {
    std::uint64_t seed = 1;
    unsigned rounds = 100;                       // lives, and generated inputs of each kind
    std::chrono::milliseconds time_max{10'000};  // of one case; the one of all lives has ten times that
    std::string only;                            // cases whose name contains it; empty: all
};

enum class Verdict { Passed, Failed, Skipped };

struct Result {
    std::string name;
    Verdict verdict = Verdict::Passed;
    std::vector<std::string> reasons;
    std::chrono::milliseconds duration{0};
};

// Runs every case, one after the other, and tells each result as it comes. The calling process must have one thread only.
void run(const Subject& subject, const Options& options, const std::function<void(const Result&)>& tell);

}  // namespace host::check
