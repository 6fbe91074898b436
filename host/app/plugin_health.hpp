#pragma once

#include <string>

#include "host/plugin/generation.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// What is wrong with `next` that was not wrong with the generation it is to replace: a plugin that runs there and does not
// run here, or says that it has failed. Empty: nothing. A plugin that does not answer in time has failed. Blocks.
std::string fault_of(const plugin::Generation& next, const plugin::Generation& former);
std::string fault_of(const plugin::Generation& next, const plugin::Manager& serving);

}  // namespace host::app
