#include "host/bridge/accepted.hpp"
#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/http_client_service.hpp"

// The C functions of gantry.http.client/1. Each finds the plugin that asks and calls its HttpClientService.
namespace host::bridge {

namespace {

HttpClientService& service_of(const gantry_host* host) {
    return HostTable::of(host).http_client();
}

gantry_status send(const gantry_host* host, const gantry_http_call* call, const gantry_http_sink* sink, void* user,
                   gantry_id* operation, gantry_error* error) {
    gantry_error own{};
    own.struct_size = sizeof own;
    gantry_error* told = error != nullptr && error->struct_size >= sizeof own ? error : &own;
    const gantry_status status = guarded(told, [&] {
        if (call == nullptr || sink == nullptr) throw core::Error(core::Code::InvalidArgument, "call or sink is NULL");
        service_of(host).send(*call, *sink, user, operation);
        return GANTRY_PENDING;
    });
    // The administrator is the one who can permit it.
    if (status == GANTRY_E_DENIED) HostTable::of(host).logger().warn("outbound call refused", {{"reason", told->message}});
    return status;
}

gantry_status resume(const gantry_host* host, gantry_id operation) {
    return guarded(nullptr, [&] {
        service_of(host).resume(operation);
        return GANTRY_OK;
    });
}

gantry_status cancel(const gantry_host* host, gantry_id operation) {
    return guarded(nullptr, [&] {
        service_of(host).cancel(operation);
        return GANTRY_OK;
    });
}

gantry_status write(const gantry_host* host, gantry_id operation, gantry_slice piece) {
    return accepted(host, "http_client.write", [&] { return service_of(host).write(operation, piece); });
}

gantry_status end_body(const gantry_host* host, gantry_id operation) {
    return accepted(host, "http_client.end_body", [&] { return service_of(host).end_body(operation); });
}

constexpr gantry_http_client functions = {sizeof(gantry_http_client), 0, send, resume, cancel, write, end_body};

}  // namespace

const gantry_http_client& HttpClientService::table() {
    return functions;
}

}  // namespace host::bridge
