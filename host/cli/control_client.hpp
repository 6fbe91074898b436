#pragma once

#include <filesystem>
#include <string>

#include <gantry/json.hpp>

namespace host::cli {

// An answer of the running host.
struct ControlAnswer {
    unsigned status = 0;
    gantry::Json body;
};

// Asks the host that runs on this data directory, over its control socket. A 422 is an answer like any other. Throws
// core::Error: NotFound if no host runs there, Unavailable if it cannot be reached or refuses, with its reason.
ControlAnswer ask_host(const std::filesystem::path& data_directory, const std::string& method, const std::string& target);

}  // namespace host::cli
