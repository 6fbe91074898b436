#include "host/bridge/accepted.hpp"
#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/services_service.hpp"

// The C functions of gantry.services/1. Each finds the plugin that asks and calls its ServicesService.
namespace host::bridge {

namespace {

ServicesService& service_of(const gantry_host* host) {
    return HostTable::of(host).services();
}

gantry_status provide(const gantry_host* host, const gantry_service* service, gantry_error* error) {
    return guarded(error, [&] {
        if (service == nullptr) throw core::Error(core::Code::InvalidArgument, "service is NULL");
        service_of(host).provide(*service);
        return GANTRY_OK;
    });
}

gantry_status respond(const gantry_host* host, gantry_id call, gantry_status status, gantry_slice result,
                      const gantry_error* error) {
    return guarded(nullptr, [&] { return service_of(host).respond(call, status, result, error); });
}

gantry_status wanted(const gantry_host* host, gantry_id call) {
    return guarded(nullptr, [&] { return service_of(host).wanted(call); });
}

gantry_status call(const gantry_host* host, const gantry_service_request* request, gantry_service_done done, void* user,
                   gantry_id* id) {
    return accepted(host, "services.call", [&] {
        if (request == nullptr) throw core::Error(core::Code::InvalidArgument, "request is NULL");
        service_of(host).call(*request, done, user, id);
        return GANTRY_PENDING;
    });
}

gantry_status cancel(const gantry_host* host, gantry_id call) {
    return guarded(nullptr, [&] { return service_of(host).cancel(call); });
}

constexpr gantry_services functions = {sizeof(gantry_services), 0, provide, respond, wanted, call, cancel};

}  // namespace

const gantry_services& ServicesService::table() {
    return functions;
}

}  // namespace host::bridge
