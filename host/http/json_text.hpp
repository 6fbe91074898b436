#pragma once

#include <string>
#include <string_view>

namespace host::http {

// Appends `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD: what a client sent must never
// make our answer unreadable.
void append_json_string(std::string& out, std::string_view text);

}  // namespace host::http
