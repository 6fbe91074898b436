#pragma once

#include "host/config/config.hpp"
#include "host/config/problems.hpp"
#include "host/config/tree.hpp"

namespace host::config {

// The names of the rules become labels of metrics and parts of keys.
void check_rate_limit_names(const Node& root, Problems& problems);

}  // namespace host::config
