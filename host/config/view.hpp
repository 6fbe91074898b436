#pragma once

#include <string_view>

#include <gantry/json.hpp>

#include "host/config/tree.hpp"

namespace host::config {

// What stands at a JSON pointer (RFC 6901): "/page", "/providers/0/name"; "" is the node itself. Null if nothing stands
// there or the pointer is malformed. Valid as long as `root`. Where it was written: mark(), which is unwritten for a
// default.
const Node* find_pointer(const Node& root, std::string_view pointer);

gantry::Json to_json(const Node& node);
// A tree without marks, as defaults have it.
Node from_json(const gantry::Json& json);

}  // namespace host::config
