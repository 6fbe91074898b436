#include <iostream>
#include <string>

#include <gantry/abi/base.h>

#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/core/version.hpp"

namespace host::cli {

int version(Output output) {
    const std::string abi = std::to_string(GANTRY_ABI_MAJOR) + "." + std::to_string(GANTRY_ABI_MINOR);
    if (output == Output::Json)
        print_json("version", items_of({"version", "abi"}, {{std::string(core::version()), abi}}));
    else
        std::cout << "gantry " << core::version() << " (plugin ABI " << abi << ")\n";
    return Ok;
}

}  // namespace host::cli
