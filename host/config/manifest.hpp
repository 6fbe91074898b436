#pragma once

#include <string>
#include <string_view>

#include "host/plugin/manifest.hpp"

namespace host::config {

// manifest.yaml of a plugin. `source` is what messages call it: "libnotes.so: .gantry.manifest". Throws ConfigErrors.
plugin::Manifest read_manifest(std::string_view yaml, const std::string& source);

}  // namespace host::config
