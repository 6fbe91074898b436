#include "host/bridge/sys_service.hpp"

#include "host/core/clock.hpp"
#include "host/core/ids.hpp"
#include "host/core/thread_kind.hpp"

namespace host::bridge {

const gantry_sys& sys_table() {
    static const gantry_sys table = {
        sizeof(gantry_sys),
        0,
        [](const gantry_host*) { return core::mono_ns(); },
        [](const gantry_host*) { return core::wall_us(); },
        [](const gantry_host*, void* data, std::size_t size) { core::random_bytes(data, size); },
        [](const gantry_host*) { return static_cast<std::int32_t>(core::thread_kind()); },
    };
    return table;
}

}  // namespace host::bridge
