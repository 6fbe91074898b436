#pragma once

#include <filesystem>
#include <string>

namespace host::app {

// How the command line reaches the host that runs on a data directory: a socket and a token in it, both for the host's own
// user alone. Whoever can read the token could as well change the host's files.
struct ControlAccess {
    std::string socket;  // "unix:/var/lib/gantry/control.sock", as http.listen has it
    std::string token;
};

// Where that socket stands, as http.listen has it.
std::string control_socket(const std::filesystem::path& data_directory);

// Makes a new token and writes it down; the former one is worth nothing any more. Throws Unavailable.
ControlAccess open_control(const std::filesystem::path& data_directory);
// As the host wrote it. Throws NotFound if none has run there, Unavailable if it may not be read.
ControlAccess find_control(const std::filesystem::path& data_directory);

}  // namespace host::app
