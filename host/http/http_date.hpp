#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace host::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(std::time_t seconds);
// The same, and the two older forms that RFC 9110 asks recipients to read; nothing for what is none.
std::optional<std::time_t> parse_http_date(std::string_view text);

}  // namespace host::http
