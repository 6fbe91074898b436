#pragma once

#include <string_view>

namespace host::core {

// "1.0.0": stated once, in the root CMakeLists.txt. Lives for ever.
std::string_view version();

}  // namespace host::core
