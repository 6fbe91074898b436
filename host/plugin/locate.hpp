#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin/settings.hpp"

namespace host::plugin {

// A file that could be the plugin asked for.
struct Candidate {
    std::filesystem::path file;
    std::string version;  // what its directory is named after; empty: it lies in no directory of a version
};

// Where the file of `wanted` may be, the best first and never none: its `file`; else, in the first of the directories that
// has any, <id>.so alone, or the <id>/<version>/<id>.so from the highest version down. A pinned version leaves only that
// one, or an <id>.so that still has to prove it. Throws core::Error{NotFound} that names every place that was tried.
std::vector<Candidate> locate(const Wanted& wanted, const Settings& settings);

// The ids of all plugins that lie in these directories, in order.
std::vector<std::string> located_ids(const std::vector<std::filesystem::path>& directories);

}  // namespace host::plugin
