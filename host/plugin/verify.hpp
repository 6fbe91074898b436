#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "host/plugin/image.hpp"
#include "host/plugin/info.hpp"
#include "host/plugin/manifest.hpp"
#include "host/plugin/settings.hpp"

namespace host::plugin {

// What this host can give: service id ("gantry.database/1") to the struct_size of its table.
using HostOffer = std::map<std::string, std::uint32_t>;

// Parses manifest.yaml; `source` is what to call it in messages. Throws core::Error with all that is wrong.
using ManifestReader = std::function<Manifest(std::string_view text, std::string source)>;

// A plugin file that may be mapped: everything that can be decided on its bytes was found in order.
struct Verified {
    Wanted wanted;
    std::filesystem::path file;
    Info info;
    Manifest manifest;
    std::string sha256;
    std::shared_ptr<const Image> image;    // the very bytes that were verified; dropped once they are mapped
    std::vector<std::string> passed_over;  // higher versions that this host cannot run, each with its reason
};

// Of the files that locate() finds the first that fits this host; only a host too old or too new for a version leads on to
// the next lower one, every other fault is refused, so that damage is not papered over by what was before.
// Decides on bytes, before any code of the plugin runs (dlopen would run its constructors). Refusals are core::Error,
// Code::Denied for the pinned hash and Code::Abi for nearly everything else: file, found, expected and what to do.
Verified verify(const Wanted& wanted, const Settings& settings, const HostOffer& offer, const ManifestReader& read_manifest);

}  // namespace host::plugin
