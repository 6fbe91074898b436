#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace host::config {

// ", did you mean 'page'?" for the known word that `word` most likely was meant to be; empty if none is near.
// Near: a third of its letters inserted, left out, changed or swapped with their neighbour (Damerau-Levenshtein).
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace host::config
