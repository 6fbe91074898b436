#pragma once

#include <cstddef>
#include <string_view>

namespace host::http {

// The bytes of the character that begins at `at` (RFC 3629): 1-4, or 0 if none does. No overlong forms, no surrogates.
std::size_t utf8_size_at(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);

}  // namespace host::http
