#pragma once

#include "host/database/data_directory.hpp"

namespace host::database {

// The database and the login role that the host uses in its private cluster.
inline constexpr const char* private_database = "gantry";
inline constexpr const char* private_role = "gantry";

// Writes postgresql.conf, pg_hba.conf and pg_ident.conf into settings/. Done at each start, so that a newer host brings
// its newer settings; an administrator's own go into cluster/local.conf, which is read last.
void write_cluster_configuration(const DataDirectory& directory);

}  // namespace host::database
