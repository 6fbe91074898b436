#include "host/plugin/locate.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <system_error>

#include "host/core/error.hpp"
#include "host/plugin/info.hpp"
#include "host/plugin/version_order.hpp"

namespace host::plugin {

namespace fs = std::filesystem;
using core::Code;
using core::Error;

namespace {

// Also a dangling link counts as found: the message about it is better than "not found".
bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::symlink_status(file, ignored).type() != fs::file_type::not_found;
}

std::string file_name(const std::string& id) {
    return id + ".so";
}

void for_each_entry(const fs::path& directory, const std::function<void(const fs::path&)>& act) {
    std::error_code unreadable;  // a directory that is not there holds no plugins
    for (fs::directory_iterator entry(directory, unreadable), end; entry != end; entry.increment(unreadable))
        act(entry->path());
}

// What lies in <directory>/<id>/<version>/, highest first. Anything that is not named like a version is somebody else's.
std::vector<Candidate> versions_in(const fs::path& directory, const std::string& id) {
    std::vector<Candidate> found;
    for_each_entry(directory / id, [&](const fs::path& folder) {
        const std::string version = folder.filename().string();
        if (is_semantic_version(version) && is_there(folder / file_name(id)))
            found.push_back({folder / file_name(id), version});
    });
    std::ranges::sort(found, [](const Candidate& a, const Candidate& b) { return is_older(b.version, a.version); });
    return found;
}

std::vector<Candidate> candidates_in(const fs::path& directory, const Wanted& wanted) {
    std::vector<Candidate> versions = versions_in(directory, wanted.id);
    if (!wanted.version.empty())
        std::erase_if(versions, [&](const Candidate& each) { return each.version != wanted.version; });
    const fs::path single = directory / file_name(wanted.id);
    // What somebody put beside the packages is meant to be taken; but a version that was asked for goes before.
    const bool single_first = wanted.version.empty() || versions.empty();
    if (single_first && is_there(single)) return {{single, ""}};
    return versions;
}

std::string joined(const std::vector<fs::path>& paths) {
    std::string out;
    for (const fs::path& path : paths)
        out += (out.empty() ? "" : ", ") + path.string();
    return out.empty() ? "no directory at all" : out;
}

}  // namespace

std::vector<Candidate> locate(const Wanted& wanted, const Settings& settings) {
    if (!wanted.file.empty()) return {{wanted.file, ""}};
    for (const fs::path& directory : settings.directories) {
        std::vector<Candidate> found = candidates_in(directory, wanted);
        if (!found.empty()) return found;
    }
    const std::string version = wanted.version.empty() ? "" : " of version " + wanted.version;
    throw Error{Code::NotFound, wanted.origin + ": there is no " + file_name(wanted.id) + version + " in " +
                                    joined(settings.directories) +
                                    "; install the plugin, or add its directory to plugin_directories"};
}

std::vector<std::string> located_ids(const std::vector<fs::path>& directories) {
    std::set<std::string> ids;
    for (const fs::path& directory : directories) {
        for_each_entry(directory, [&](const fs::path& entry) {
            const std::string name = entry.filename().string();
            if (entry.extension() == ".so") ids.insert(entry.stem().string());
            if (is_plugin_id(name) && !versions_in(directory, name).empty()) ids.insert(name);
        });
    }
    return {ids.begin(), ids.end()};
}

}  // namespace host::plugin
