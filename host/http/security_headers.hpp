#pragma once

#include <string>
#include <string_view>

#include "host/http/message.hpp"

// What every answer tells browsers, unless its handler said otherwise: nothing here is a page, nothing may be framed,
// sniffed or embedded elsewhere. Strict-Transport-Security is for TLS only: context.cpp.
namespace host::http {

// Appends the fields that `head` does not have yet.
void append_security_headers(std::string& lines, const Head& head);

}  // namespace host::http
