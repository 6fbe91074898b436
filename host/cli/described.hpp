#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

// The command line told in other forms, made from its own description so that none of them can fall behind it.
namespace host::cli {

// gantry(1) in roff.
std::string man_page(const CLI::App& line);
// What bash sources to complete the words of `gantry`.
std::string bash_completion(const CLI::App& line);
// The same for fish.
std::string fish_completion(const CLI::App& line);
// And for zsh, as a function that it loads by itself (_gantry) or that is sourced.
std::string zsh_completion(const CLI::App& line);

// The commands below `app` that people are told of.
std::vector<const CLI::App*> commands_of(const CLI::App& app);
bool takes_value(const CLI::Option& option);

}  // namespace host::cli
