#pragma once

#include <string>

namespace host::database {

// How to reach the server, and what it permits; known once the database has started.
struct Access {
    std::string url;  // holds a password, never logged
    bool roles;       // each plugin has a role of its own
};

}  // namespace host::database
