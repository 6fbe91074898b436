#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gantry/json.hpp>

#include "host/plugin/verify.hpp"

// `gantry plugin check`: tries to break a plugin, each attempt in a process of its own, on a fake host that answers from
// memory and fails on demand.
namespace host::check {

// As a plugin gets them, or what the host has against them.
struct Settings {
    gantry::Json values;
    std::vector<std::string> errors;
};

// What is checked, found in order as bytes.
struct Subject {
    plugin::Verified plugin;
    plugin::HostOffer offer;
    gantry::Json settings = gantry::Json::object();  // as an administrator would write them
    std::string data_directory;                      // of this run alone
    // The host's own reader of configurations: checks settings and fills in what is not written.
    std::function<Settings(const gantry::Json& given, const gantry::Json& schema)> complete;
};

}  // namespace host::check
