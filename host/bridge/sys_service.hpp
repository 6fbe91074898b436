#pragma once

#include <gantry/abi/sys.h>

namespace host::bridge {

// gantry.sys/1: the same for every plugin.
const gantry_sys& sys_table();

}  // namespace host::bridge
