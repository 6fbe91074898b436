#pragma once

#include <string>

namespace host::database {

// Whose statements these are: a plugin, or the host itself.
struct Owner {
    std::string id;
    std::string schema;  // the id
    std::string role;    // "gantry_<id>"; empty: the role the host logs in with
};

inline constexpr const char* host_owner = "gantry";

// `roles`: each plugin has one of its own. Throws InvalidArgument for an id that is not [a-z][a-z0-9_]{0,30}.
Owner make_owner(const std::string& id, bool roles);

}  // namespace host::database
