#pragma once

#include <string>

#include "host/config/problems.hpp"
#include "host/config/schema.hpp"
#include "host/config/tree.hpp"

namespace host::config {

// What the tree is, for messages.
struct Where {
    std::string path;   // of the tree's root: "plugins.notes"
    std::string owner;  // whose schema it is: "notes 1.0.0"; empty: the host's own
};

// Checks everything, reports all that is wrong, and returns the tree completed: defaults filled in (their mark is
// unwritten), durations and sizes as numbers where the schema says integer.
//
// Nothing written where a map is expected is an empty map, so that a section whose lines are all commented out is fine. An
// object that is absent is completed too if none of its members is required.
Node validate(const Schema& schema, const Node& node, const Where& where, Problems& problems);

}  // namespace host::config
