#pragma once

#include <map>
#include <string>

namespace host::database {

// A PostgreSQL URL of these parameters (libpq's keywords), every value percent-encoded, and everything in its query
// part: the one form that both SOCI and libpq read without loss.
std::string make_url(const std::map<std::string, std::string>& parameters);

// The parameters in what an administrator wrote: a URL or "host=... dbname=...". Throws InvalidArgument without
// repeating it, since it may hold a password.
std::map<std::string, std::string> parse_url(const std::string& url);

// A text as a quoted identifier or as a quoted literal of SQL.
std::string quote_name(const std::string& name);
std::string quote_text(const std::string& text);

}  // namespace host::database
