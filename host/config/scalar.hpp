#pragma once

#include <string_view>

#include "host/config/tree.hpp"

namespace host::config {

// What an unquoted scalar means: YAML 1.2's core schema, less what surprises people.
//   null, ~ and nothing: null.  true, false (also True, TRUE): boolean; yes, no, on, off are text.
//   12, -3, 0x1f, 0o17: integer.  1.5, 1e3, and integers beyond 64 bits: real.
//   010 is text, because half the readers expect 8 and half 10; .inf, .nan and 1e999 are text, because JSON has no such
//   numbers.
Node::Value typed_scalar(std::string_view text);
// 010, -07, 00.5: text for the reason above.
bool has_leading_zero(std::string_view text);

}  // namespace host::config
