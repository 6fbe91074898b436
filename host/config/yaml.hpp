#pragma once

#include <string>
#include <string_view>

#include "host/config/problems.hpp"
#include "host/config/tree.hpp"

namespace host::config {

// One YAML document as a tree; an empty text is null. What is wrong goes to `problems`, with its place, and the rest of
// the tree is still given as far as it could be read.
//
// Refused, because each has surprised or attacked somebody: anchors and aliases (a few lines become millions of values),
// tags, merge keys, duplicate keys (the library keeps the first in silence), keys that are no words, a second document,
// more than 32 levels, 10,000 values or 1 MiB, control characters, bytes that are no UTF-8.
Node parse_yaml(std::string_view text, const std::string& file, Problems& problems);

constexpr std::size_t yaml_bytes_max = 1024 * 1024;

}  // namespace host::config
