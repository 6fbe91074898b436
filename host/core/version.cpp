#include "host/core/version.hpp"

namespace host::core {

std::string_view version() {
    return GANTRY_VERSION;
}

}  // namespace host::core
