#include "host/plugin/catalog.hpp"

#include <algorithm>

#include "host/core/error.hpp"
#include "host/plugin/locate.hpp"

namespace host::plugin {

namespace {

Status look_at(const std::string& id, const Settings& settings, const HostOffer& offer,
               const ManifestReader& read_manifest) {
    Status status;
    status.id = id;
    const Wanted wanted{
        .id = id, .origin = "the file name", .on_failure = OnFailure::Optional, .sha256 = {}, .version = {}, .file = {}};
    try {
        status.file = locate(wanted, settings).front().file;
        const Verified plugin = verify(wanted, settings, offer, read_manifest);
        status.file = plugin.file;
        status.version = plugin.info.version;
        status.summary = plugin.manifest.summary;
        status.sha256 = plugin.sha256;
        status.services = plugin.manifest.services;
        status.requires_plugins = plugin.manifest.requires_plugins;
    } catch (const core::Error& error) {
        status.problem = error.what();
    }
    return status;
}

}  // namespace

std::vector<Status> list_available(const Settings& settings, const HostOffer& offer, const ManifestReader& read_manifest) {
    std::vector<Status> available;
    for (const std::string& id : located_ids(settings.directories))
        if (std::ranges::find(settings.wanted, id, &Wanted::id) == settings.wanted.end())
            available.push_back(look_at(id, settings, offer, read_manifest));
    return available;
}

}  // namespace host::plugin
