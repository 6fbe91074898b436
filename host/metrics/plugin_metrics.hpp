#pragma once

#include <map>
#include <memory>
#include <string>

#include "host/metrics/registry.hpp"

namespace host::metrics {

// The metrics of one plugin instance.
//
// Two generations of a plugin live side by side for a while. A metric that both define alike is one metric, and its series
// go on. One that the new instance defines otherwise is shown from activate() on, in the place of the old one. A metric is
// shown as long as an instance that has been activated has it. Any thread.
class PluginMetrics {
  public:
    PluginMetrics(Registry& registry, std::string plugin);
    // As revoke().
    ~PluginMetrics();
    PluginMetrics(const PluginMetrics&) = delete;
    PluginMetrics& operator=(const PluginMetrics&) = delete;

    // `shape.name` is without the prefix: "exported_total". The same shape again is the same metric. Throws
    // InvalidArgument, Conflict (a name that somebody else has, or another shape under a name of one's own), Limit.
    std::shared_ptr<Family> define(Shape shape);
    // Shows them. May come again: then they are shown again.
    void activate();
    // Takes one, or all of them, back.
    void revoke(const std::string& published_name);
    void revoke();

    static constexpr std::size_t metrics_max = 256;

  private:
    friend class Registry;
    using Families = std::map<std::string, std::shared_ptr<Family>>;

    std::shared_ptr<Family> known(const Shape& shape) const;
    void withdraw(const std::string& name, const Family* family);

    Registry& registry_;
    const std::string plugin_;
    Families families_;  // by published name; under the registry's lock
    bool active_ = false;
};

}  // namespace host::metrics
