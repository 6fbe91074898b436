#include "host/plugin/catalog.hpp"

#include <algorithm>
#include <set>
#include <system_error>

#include "host/core/error.hpp"

namespace host::plugin {

namespace fs = std::filesystem;

namespace {

std::set<std::string> ids_in(const std::vector<fs::path>& directories) {
    std::set<std::string> ids;
    for (const fs::path& directory : directories) {
        std::error_code unreadable;  // a directory that is not there holds no plugins
        for (fs::directory_iterator file(directory, unreadable), end; file != end; file.increment(unreadable))
            if (file->path().extension() == ".so") ids.insert(file->path().stem().string());
    }
    return ids;
}

Status look_at(const std::string& id, const Settings& settings, const HostOffer& offer,
               const ManifestReader& read_manifest) {
    Status status;
    status.id = id;
    const Wanted wanted{.id = id, .origin = "the file name", .on_failure = OnFailure::Optional, .sha256 = {}, .file = {}};
    try {
        status.file = find_file(wanted, settings);
        const Verified plugin = verify(wanted, settings, offer, read_manifest);
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
    for (const std::string& id : ids_in(settings.directories))
        if (std::ranges::find(settings.wanted, id, &Wanted::id) == settings.wanted.end())
            available.push_back(look_at(id, settings, offer, read_manifest));
    return available;
}

}  // namespace host::plugin
