#pragma once

#include <string>
#include <string_view>

#include "host/config/interpolate.hpp"
#include "host/config/problems.hpp"
#include "host/config/tree.hpp"

namespace host::config {

// "http.cors.origins" is overridden by GANTRY_HTTP_CORS_ORIGINS.
std::string variable_of(std::string_view path);

// The tree with the host's settings that the environment overrides. Lists are written with commas; an empty variable counts
// as not set. A variable that is nearly the name of a setting is a problem; others that begin with GANTRY_ are left alone.
Node with_overrides(const Node& root, const Environment& environment, Problems& problems);

}  // namespace host::config
