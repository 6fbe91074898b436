#include "host/plugin/inspection.hpp"

#include <map>
#include <optional>

#include "host/core/error.hpp"
#include "host/plugin/load_order.hpp"

namespace host::plugin {

namespace {

class Inspector {
  public:
    Inspector(const Settings& settings, const HostOffer& offer, const ManifestReader& read_manifest)
        : settings_(settings), offer_(offer), read_manifest_(read_manifest) {}

    Inspection run() {
        for (const Wanted& wanted : settings_.wanted)
            look_at(wanted);
        put_in_order();
        return std::move(result_);
    }

  private:
    void look_at(const Wanted& wanted) {
        const auto [first, fresh] = wanted_.emplace(wanted.id, &wanted);
        if (!fresh) {
            const std::string reason = wanted.origin + ": enables " + wanted.id + " again, first enabled at " +
                                       first->second->origin + "; remove one of them";
            result_.failures.push_back({wanted.id, wanted.on_failure, reason});
            return;
        }
        Node node{wanted.id, {}};
        try {
            Verified plugin = verify(wanted, settings_, offer_, read_manifest_);
            node.requires_plugins = plugin.manifest.requires_plugins;
            verified_.emplace(wanted.id, std::move(plugin));
        } catch (const core::Error& error) {
            result_.failures.push_back({wanted.id, wanted.on_failure, error.what()});
        }
        // Also a refused plugin is a node: whoever requires it must learn that it failed, not that it is missing.
        nodes_.push_back(std::move(node));
    }

    void put_in_order() {
        const LoadOrder order = order_by_requirements(nodes_);
        for (const auto& [id, reason] : order.problems) {
            const Verified& plugin = verified_.at(id);
            result_.failures.push_back({id, plugin.wanted.on_failure, plugin.file.string() + ": " + reason});
        }
        for (const std::string& id : order.ids)
            if (const auto plugin = verified_.find(id); plugin != verified_.end())
                result_.in_order.push_back(std::move(plugin->second));
    }

    const Settings& settings_;
    const HostOffer& offer_;
    const ManifestReader& read_manifest_;
    std::map<std::string, const Wanted*> wanted_;
    std::map<std::string, Verified> verified_;
    std::vector<Node> nodes_;
    Inspection result_;
};

}  // namespace

Inspection inspect(const Settings& settings, const HostOffer& offer, const ManifestReader& read_manifest) {
    return Inspector(settings, offer, read_manifest).run();
}

std::string reasons_to_refuse(const std::vector<Failure>& failures) {
    std::string reasons;
    for (const Failure& failure : failures)
        if (failure.on_failure == OnFailure::Required) reasons += (reasons.empty() ? "" : "\n") + failure.reason;
    return reasons;
}

}  // namespace host::plugin
