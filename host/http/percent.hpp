#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace host::http {

// "a%20b" -> "a b" (RFC 3986 section 2.1); '+' stays '+'. Nothing if a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace host::http
