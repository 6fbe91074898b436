#pragma once

// Answers that are kept as files: `EXPECT_TRUE(matches_golden(GANTRY_GOLDEN_DIR, "show.http", answer))`. UPDATE_GOLDEN=1
// writes them anew; what it changed is then read in review like code.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gantry/testing/answer.hpp>

namespace gantry::testing {

// Status, headers and body, with JSON spread over lines.
inline std::string describe(const Answer& answer) {
    std::string text = std::to_string(answer.status) + "\n";
    for (const auto& [name, value] : answer.headers)
        text += name + ": " + value + "\n";
    const bool is_json = answer.header("content-type").find("json") != std::string::npos;
    return text + "\n" + (is_json ? answer.json().dump_pretty() + "\n" : answer.body);
}

// gantry_add_plugin() defines GANTRY_GOLDEN_DIR as the plugin's tests/golden.
inline ::testing::AssertionResult matches_golden(const std::filesystem::path& folder, const std::string& name,
                                                 const Answer& answer) {
    const std::filesystem::path path = folder / name;
    const std::string found = describe(answer);
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(folder);
        std::ofstream(path, std::ios::binary) << found;
        return ::testing::AssertionSuccess();
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) return ::testing::AssertionFailure() << path << " is missing: run with UPDATE_GOLDEN=1";
    const std::string expected{std::istreambuf_iterator<char>(file), {}};
    if (expected == found) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << path << " says\n" << expected << "\nbut the answer is\n" << found;
}

}  // namespace gantry::testing
