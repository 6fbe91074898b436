#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "host/core/locked.hpp"
#include "host/plugin/generation.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// How the plugins are, for whoever may ask over HTTP, as often as he likes. One question to a plugin is under way at a time,
// what it answered holds for a second, and a plugin that does not answer in time is not asked again until it has: a
// health() that hangs costs one thread of its own and keeps those of requests for one deadline.
class PluginHealth {
  public:
    // Asks the plugins of the generation that serves; `plugins` outlives it.
    explicit PluginHealth(const plugin::Manager& plugins) : plugins_(plugins) {}

    // Failed, too, while the host is stopping. Any thread that may block.
    plugin::Health of(const std::string& id);

  private:
    struct Standing;
    std::shared_ptr<Standing> standing_of(const std::string& id, std::uint64_t generation);

    const plugin::Manager& plugins_;
    core::Locked<std::map<std::string, std::shared_ptr<Standing>>> standings_;
};

// What is wrong with `next` that was not wrong with the generation it is to replace: a plugin that runs there and does not
// run here, or says that it has failed. Empty: nothing. A plugin that does not answer in time has failed. Blocks.
std::string fault_of(const plugin::Generation& next, const plugin::Generation& former);
std::string fault_of(const plugin::Generation& next, const plugin::Manager& serving);

}  // namespace host::app
