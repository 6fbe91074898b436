#pragma once

#include <string>

namespace host::database {

// 64 hexadecimal digits, lower case.
std::string sha256_hex(const std::string& text);

}  // namespace host::database
