#include <utility>

#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/http_service.hpp"
#include "host/bridge/text.hpp"

// The C functions of gantry.http.server/1. Each finds the plugin that asks and calls its HttpService.
namespace host::bridge {

namespace {

HttpService& service_of(const gantry_host* host) {
    return HostTable::of(host).http();
}

template <typename T>
const T& required(const T* pointer, const char* name) {
    if (pointer == nullptr) throw core::Error(core::Code::InvalidArgument, std::string(name) + " is NULL");
    return *pointer;
}

gantry_status add_route(const gantry_host* host, const gantry_route* route, gantry_id* route_id, gantry_error* error) {
    return guarded(error, [&] {
        const gantry_id id = service_of(host).add_route(required(route, "route"));
        if (route_id != nullptr) *route_id = id;
        return GANTRY_OK;
    });
}

gantry_status retain(const gantry_host* host, gantry_id request, const gantry_request** kept) {
    return guarded(nullptr, [&] {
        required(kept, "view");
        return service_of(host).retain(request, kept);
    });
}

gantry_status reply(const gantry_host* host, gantry_id request, const gantry_response* response) {
    return guarded(nullptr, [&] { return service_of(host).reply(request, required(response, "response")); });
}

gantry_status fail(const gantry_host* host, gantry_id request, const gantry_error* error, gantry_str details_json) {
    return guarded(nullptr, [&] { return service_of(host).fail(request, required(error, "error"), copy(details_json)); });
}

gantry_status stream_open(const gantry_host* host, gantry_id request, const gantry_response* head,
                          const gantry_stream_events* events, void* user) {
    return guarded(nullptr, [&] {
        return service_of(host).stream_open(request, required(head, "head"), required(events, "events"), user);
    });
}

gantry_status stream_write(const gantry_host* host, gantry_id request, gantry_slice chunk) {
    return guarded(nullptr, [&] { return service_of(host).stream_write(request, chunk); });
}

gantry_status stream_close(const gantry_host* host, gantry_id request, gantry_status outcome) {
    return guarded(nullptr, [&] { return service_of(host).stream_close(request, outcome); });
}

gantry_status body_next(const gantry_host* host, gantry_id request, gantry_body_chunk chunk, void* user) {
    return guarded(nullptr, [&] {
        if (chunk == nullptr) throw core::Error(core::Code::InvalidArgument, "chunk is NULL");
        return service_of(host).body_next(request, chunk, user);
    });
}

gantry_status on_cancel(const gantry_host* host, gantry_id request, void (*cancelled)(void*, gantry_id, gantry_status),
                        void* user) {
    return guarded(nullptr, [&] {
        if (cancelled == nullptr) throw core::Error(core::Code::InvalidArgument, "cancelled is NULL");
        return service_of(host).on_cancel(request, cancelled, user);
    });
}

constexpr gantry_http_server functions = {
    sizeof(gantry_http_server),
    0,
    add_route,
    retain,
    reply,
    fail,
    stream_open,
    stream_write,
    stream_close,
    body_next,
    on_cancel,
};

}  // namespace

const gantry_http_server& HttpService::table() {
    return functions;
}

}  // namespace host::bridge
