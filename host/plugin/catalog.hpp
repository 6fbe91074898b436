#pragma once

#include <vector>

#include "host/plugin/settings.hpp"
#include "host/plugin/status.hpp"
#include "host/plugin/verify.hpp"

namespace host::plugin {

// The plugins that lie in the directories but are not enabled, by id; of several files of one id the one that would be
// taken. What is wrong with a file stands in its `problem`.
std::vector<Status> list_available(const Settings& settings, const HostOffer& offer, const ManifestReader& read_manifest);

}  // namespace host::plugin
