#pragma once

#include <cstdint>
#include <string>

#include <gantry/abi/plugin.h>

namespace gantry {

// What a plugin's optional member `gantry::Health health()` answers, on a blocking thread, within 100 ms.
struct Health {
    enum class Level : std::int32_t {
        Ok = GANTRY_HEALTH_OK,
        Degraded = GANTRY_HEALTH_DEGRADED,
        Failed = GANTRY_HEALTH_FAILED
    };

    Level level = Level::Ok;
    std::string detail;  // for the administrator
};

}  // namespace gantry
