#pragma once

#include <gantry/abi/log.h>

#include "host/log/logger.hpp"

namespace host::bridge {

// gantry.log/1: the table; each plugin's logger stands in its HostTable.
const gantry_log& log_table();

}  // namespace host::bridge
