#pragma once

#include "host/database/connection.hpp"
#include "host/database/owner.hpp"

namespace host::database {

// Makes the schema and, if it has one, the role of an owner, where they are missing. The role cannot log in; the host's
// becomes a member so that it may SET ROLE.
void create_owner_schema(Connection& connection, const Owner& owner, const Bounds& bounds);

}  // namespace host::database
