#pragma once

#include <string_view>

namespace host::plugin {

// Semantic Versioning 2.0.0, section 11: 1.9.0 is older than 1.10.0, 2.0.0-rc.1 older than 2.0.0. What follows a + does not
// count. Both must be semantic versions.
bool is_older(std::string_view one, std::string_view other);

}  // namespace host::plugin
