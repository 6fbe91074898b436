#pragma once

#include <string_view>

#include "host/http_client/call.hpp"

namespace host::http_client {

// Throws InvalidArgument for a method or header that is no RFC 9110 syntax (a line break would begin another header), for
// headers that frame or route the message and are the host's to write, and for CONNECT and TRACE.
void check_request(const Call& call);

// RFC 9110, 9.2.2: sent twice does what sent once does.
bool is_idempotent(std::string_view method);

// May this header go along when a redirect leads to another origin? Only what says nothing of who asks: keys travel in
// headers of any name.
bool crosses_origins(std::string_view name);

}  // namespace host::http_client
