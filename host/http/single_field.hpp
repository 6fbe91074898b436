#pragma once

#include <string_view>

#include "host/http/message.hpp"

namespace host::http {

// The value of a field that may stand only once; empty if it is absent or stands twice, for then nobody knows which
// one was meant.
std::string_view single_field(const Request& request, std::string_view name);

}  // namespace host::http
