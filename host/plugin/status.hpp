#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/plugin/ledger.hpp"
#include "host/plugin/state.hpp"

namespace host::plugin {

// A plugin as `gantry plugin list` and `gantry plugin info` show it.
struct Status {
    std::string id;
    std::string version;  // empty: the file could not be read
    State state = State::Discovered;
    bool enabled = false;
    std::filesystem::path file;
    std::string summary;
    std::string sha256;
    std::vector<std::string> services;  // what it may ask the host for
    std::vector<std::string> requires_plugins;
    std::vector<Ledger::Entry> registrations;  // what it has now
    std::string problem;                       // why it failed, or what is wrong although it runs
};

}  // namespace host::plugin
