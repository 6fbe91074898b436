#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/text.hpp"
#include "host/bridge/websocket_service.hpp"

// The C functions of gantry.websocket/1. Each finds the plugin that asks and calls its WebSocketService.
namespace host::bridge {

namespace {

constexpr std::uint32_t status_upgrade_required = 426;

WebSocketService& service_of(const gantry_host* host) {
    return HostTable::of(host).websocket();
}

template <typename T>
const T& required(const T* pointer, const char* name) {
    if (pointer == nullptr) throw core::Error(core::Code::InvalidArgument, std::string(name) + " is NULL");
    return *pointer;
}

gantry_status accept(const gantry_host* host, gantry_id request, const gantry_websocket_options* options,
                     const gantry_websocket_events* events, void* user, gantry_id* socket, gantry_error* error) {
    const gantry_status status = guarded(error, [&] {
        required(socket, "socket");
        *socket = service_of(host).accept(request, required(options, "options"), required(events, "events"), user);
        return GANTRY_OK;
    });
    // So that a plugin can pass the error to fail() as it is.
    const bool told = error != nullptr && error->struct_size >= sizeof(gantry_error);
    if (status < 0 && told && std::string_view(error->code) == "UPGRADE_REQUIRED")
        error->http_status = status_upgrade_required;
    return status;
}

gantry_status send(const gantry_host* host, gantry_id socket, std::int32_t opcode, gantry_slice message) {
    return guarded(nullptr, [&] { return service_of(host).send(socket, opcode, message); });
}

gantry_status resume(const gantry_host* host, gantry_id socket) {
    return guarded(nullptr, [&] { return service_of(host).resume(socket); });
}

gantry_status close(const gantry_host* host, gantry_id socket, std::uint16_t code, gantry_str reason) {
    return guarded(nullptr, [&] { return service_of(host).close(socket, code, view(reason)); });
}

constexpr gantry_websocket functions = {sizeof(gantry_websocket), 0, accept, send, resume, close};

}  // namespace

const gantry_websocket& WebSocketService::table() {
    return functions;
}

}  // namespace host::bridge
