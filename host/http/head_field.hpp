#pragma once

#include <string_view>

#include "host/http/message.hpp"

namespace host::http {

// The value of the first field of that name in an answer's head; empty if there is none.
std::string_view field_in(const Head& head, std::string_view name);

}  // namespace host::http
