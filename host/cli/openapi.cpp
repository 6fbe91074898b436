#include <iostream>

#include "host/app/offline.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/config/config.hpp"

namespace host::cli {

int openapi(const std::string& config_file) {
    std::cout << app::openapi_document(config::load(config_file, config::process_environment())) << '\n';
    return Ok;
}

}  // namespace host::cli
