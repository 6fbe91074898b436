#pragma once

#include <map>
#include <string>
#include <vector>

namespace host::plugin {

// A plugin and those it requires, by id.
struct Node {
    std::string id;
    std::vector<std::string> requires_plugins;
};

struct LoadOrder {
    // Each after everything it requires; else in the order given.
    std::vector<std::string> ids;
    // Those that cannot be ordered, with the reason: "requires auth, which is not enabled", "requires itself in a
    // circle: a -> b -> c -> a". What only depends on such a plugin stays in ids: it fails when its turn comes.
    std::map<std::string, std::string> problems;
};

LoadOrder order_by_requirements(const std::vector<Node>& nodes);

}  // namespace host::plugin
