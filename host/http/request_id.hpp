#pragma once

#include <string>
#include <string_view>

#include "host/http/message.hpp"

namespace host::http {

// May an id that a client sent go into our logs and answers? 1-128 characters of [A-Za-z0-9._-].
bool is_sane_request_id(std::string_view id);
// The client's X-Request-Id if it is sane, else a new id.
std::string request_id_of(const Request& request);

}  // namespace host::http
