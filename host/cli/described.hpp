#pragma once

#include <string>

namespace CLI {
class App;
}

// The command line told in other forms, made from its own description so that none of them can fall behind it.
namespace host::cli {

// gantry(1) in roff.
std::string man_page(const CLI::App& line);
// What bash sources to complete the words of `gantry`.
std::string bash_completion(const CLI::App& line);
// The same for fish.
std::string fish_completion(const CLI::App& line);

}  // namespace host::cli
