#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/check/check.hpp"

namespace host::cli {

// The XML of JUnit as Jenkins, GitLab and GitHub's actions read it. Throws Unavailable if the file cannot be written.
void write_junit(const std::string& file, const std::string& plugin, std::uint64_t seed,
                 const std::vector<check::Result>& results);

}  // namespace host::cli
