#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/secrets_service.hpp"

// The C functions of gantry.secrets/1. Each finds the plugin that asks and calls its SecretsService.
namespace host::bridge {

namespace {

SecretsService& service_of(const gantry_host* host) {
    return HostTable::of(host).secrets();
}

gantry_status get(const gantry_host* host, gantry_str name, gantry_slice* out, gantry_error* error) {
    return guarded(error, [&] {
        if (out == nullptr) throw core::Error(core::Code::InvalidArgument, "out is NULL");
        service_of(host).get(name, *out);
        return GANTRY_OK;
    });
}

gantry_status put(const gantry_host* host, gantry_str name, gantry_bytes value, gantry_error* error) {
    return guarded(error, [&] {
        service_of(host).put(name, value);
        return GANTRY_OK;
    });
}

gantry_status remove(const gantry_host* host, gantry_str name, gantry_error* error) {
    return guarded(error, [&] {
        service_of(host).remove(name);
        return GANTRY_OK;
    });
}

gantry_status watch(const gantry_host* host, gantry_str name, gantry_secret_changed changed, void* user, gantry_id* watch,
                    gantry_error* error) {
    return guarded(error, [&] {
        const gantry_id id = service_of(host).watch(name, changed, user);
        if (watch != nullptr) *watch = id;
        return GANTRY_OK;
    });
}

gantry_status unwatch(const gantry_host* host, gantry_id watch) {
    return guarded(nullptr, [&] {
        service_of(host).unwatch(watch);
        return GANTRY_OK;
    });
}

constexpr gantry_secrets functions = {sizeof(gantry_secrets), 0, get, put, remove, watch, unwatch};

}  // namespace

const gantry_secrets& SecretsService::table() {
    return functions;
}

}  // namespace host::bridge
