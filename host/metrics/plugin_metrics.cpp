#include "host/metrics/plugin_metrics.hpp"

#include <utility>

#include "host/core/error.hpp"

namespace host::metrics {

using core::Code;
using core::Error;

PluginMetrics::PluginMetrics(Registry& registry, std::string plugin) : registry_(registry), plugin_(std::move(plugin)) {
    std::lock_guard lock(registry_.mutex_);
    registry_.plugins_.insert(this);
}

PluginMetrics::~PluginMetrics() {
    revoke();
    std::lock_guard lock(registry_.mutex_);
    registry_.plugins_.erase(this);
}

std::shared_ptr<Family> PluginMetrics::define(Shape shape) {
    shape.name = "gantry_" + plugin_ + "_" + shape.name;
    shape = checked(std::move(shape));
    std::lock_guard lock(registry_.mutex_);
    if (const auto mine = families_.find(shape.name); mine != families_.end()) {
        if (same_series(mine->second->shape(), shape)) return mine->second;
        throw Error{Code::Conflict, "metric " + shape.name + " is defined twice, with different labels, buckets or kinds"};
    }
    if (families_.size() >= metrics_max) {
        throw Error{Code::Limit, "a plugin has at most " + std::to_string(metrics_max) + " metrics"};
    }
    registry_.refuse_clash(plugin_, shape);
    std::shared_ptr<Family> family = known(shape);
    if (family == nullptr) family = std::make_shared<Family>(shape, registry_.settings_.series_max);
    families_.emplace(shape.name, family);
    return family;
}

// What another instance of this plugin shows under that name and shape. Under the lock.
std::shared_ptr<Family> PluginMetrics::known(const Shape& shape) const {
    const auto found = registry_.published_.find(shape.name);
    const bool alike = found != registry_.published_.end() && found->second.owner == plugin_ &&
                       found->second.family != nullptr && same_series(found->second.shape, shape);
    return alike ? found->second.family : nullptr;
}

void PluginMetrics::activate() {
    std::lock_guard lock(registry_.mutex_);
    active_ = true;
    for (const auto& [name, family] : families_)
        registry_.published_.insert_or_assign(name, Registry::Entry{plugin_, family->shape(), family, nullptr});
}

void PluginMetrics::revoke(const std::string& name) {
    std::lock_guard lock(registry_.mutex_);
    const auto found = families_.find(name);
    if (found == families_.end()) return;
    const std::shared_ptr<Family> family = std::move(found->second);
    families_.erase(found);
    withdraw(name, family.get());
}

void PluginMetrics::revoke() {
    std::lock_guard lock(registry_.mutex_);
    for (const auto& [name, family] : std::exchange(families_, {}))
        withdraw(name, family.get());
}

// Under the lock, after the family has left families_.
void PluginMetrics::withdraw(const std::string& name, const Family* family) {
    const auto shown = registry_.published_.find(name);
    if (shown == registry_.published_.end() || shown->second.family.get() != family) return;
    for (const PluginMetrics* each : registry_.plugins_) {
        const auto theirs = each->families_.find(name);
        if (each->active_ && theirs != each->families_.end() && theirs->second.get() == family) return;
    }
    registry_.published_.erase(shown);
}

}  // namespace host::metrics
