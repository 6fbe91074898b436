#pragma once

#include <string_view>

namespace host::http {

// The media type of a file by the end of its name; application/octet-stream for those that are not known.
std::string_view content_type_of(std::string_view file_name);
// Does compressing a body of that type pay? Not for pictures, archives and the like, which are compressed already.
bool is_compressible(std::string_view content_type);

}  // namespace host::http
