#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

// What happens when a plugin cannot be loaded or started.
//   Required: the host does not start.  Optional: a warning, its routes do not exist.  Closed: its routes answer 503.
enum class OnFailure { Required, Optional, Closed };

// One plugin as the administrator asked for it.
struct Wanted {
    std::string id;
    std::string origin;  // "gantry.yaml:41:3", for messages
    OnFailure on_failure = OnFailure::Required;
    std::string sha256;          // 64 hex digits; empty: not pinned
    std::string version;         // this one and no other; empty: the highest there is that fits this host
    std::filesystem::path file;  // empty: it is looked for in the directories, see locate.hpp
    std::vector<std::string> egress = {};          // where it may call: "api.github.com:443", "*.example.org"
    std::vector<std::string> egress_private = {};  // likewise, and the address may be one of our own networks
};

struct Settings {
    std::vector<std::filesystem::path> directories;
    std::vector<Wanted> wanted;  // in the order written
    std::chrono::milliseconds start_deadline{30'000};
    std::chrono::milliseconds drain_deadline{30'000};
    bool unload = true;  // false keeps libraries mapped after their end (sanitizers need it)
};

}  // namespace host::plugin
