#pragma once

#include <string_view>

namespace host::http {

// Why a request's path cannot be served by any route, or null: a broken '%', a NUL, text that is no UTF-8, and the
// segments "." and ".." in any spelling, also behind an encoded slash, for whoever takes a parameter as a file name.
const char* flaw_of_path(std::string_view path);

}  // namespace host::http
