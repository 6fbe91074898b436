#pragma once

#include <utility>

#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"

namespace host::bridge {

// For functions that report by a callback: a call that is refused has a reason but no callback, so the reason goes to the
// plugin's log.
template <typename Body>
gantry_status accepted(const gantry_host* host, const char* function, Body&& body) {
    gantry_error error{};
    error.struct_size = sizeof error;
    const gantry_status status = guarded(&error, std::forward<Body>(body));
    if (error.message[0] != '\0')
        HostTable::of(host).logger().warn("call refused", {{"function", function}, {"reason", error.message}});
    return status;
}

}  // namespace host::bridge
