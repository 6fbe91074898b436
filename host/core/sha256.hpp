#pragma once

#include <string>
#include <string_view>

namespace host::core {

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace host::core
