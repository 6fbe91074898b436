#pragma once

#include <string>
#include <string_view>

namespace host::log {

// Is this the name of a field whose value must never be written: password, authorization, api_key, ...?
bool is_secret_name(std::string_view name);

// `text` with what looks like a secret replaced by "***": the password of a URL (postgresql://user:***@host/db) and the
// credentials after Bearer or Basic.
std::string redact(std::string_view text);

}  // namespace host::log
