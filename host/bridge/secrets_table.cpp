#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/room_failure.hpp"
#include "host/bridge/secrets_service.hpp"

// The C functions of gantry.secrets/1. Each finds the plugin that asks and calls its SecretsService.
namespace host::bridge {

namespace {

// Calls the service of the plugin that asks; what the table of secrets says when it fails is not for plugins.
template <typename Call>
void ask(const gantry_host* host, Call&& call) {
    HostTable& table = HostTable::of(host);
    try {
        call(table.secrets());
    } catch (const core::Error& error) {
        throw room_failure(error, table.logger());
    }
}

gantry_status get(const gantry_host* host, gantry_str name, gantry_slice* out, gantry_error* error) {
    return guarded(error, [&] {
        if (out == nullptr) throw core::Error(core::Code::InvalidArgument, "out is NULL");
        ask(host, [&](SecretsService& service) { service.get(name, *out); });
        return GANTRY_OK;
    });
}

gantry_status put(const gantry_host* host, gantry_str name, gantry_bytes value, gantry_error* error) {
    return guarded(error, [&] {
        ask(host, [&](SecretsService& service) { service.put(name, value); });
        return GANTRY_OK;
    });
}

gantry_status remove(const gantry_host* host, gantry_str name, gantry_error* error) {
    return guarded(error, [&] {
        ask(host, [&](SecretsService& service) { service.remove(name); });
        return GANTRY_OK;
    });
}

gantry_status watch(const gantry_host* host, gantry_str name, gantry_secret_changed changed, void* user, gantry_id* watch,
                    gantry_error* error) {
    return guarded(error, [&] {
        gantry_id id = 0;
        ask(host, [&](SecretsService& service) { id = service.watch(name, changed, user); });
        if (watch != nullptr) *watch = id;
        return GANTRY_OK;
    });
}

gantry_status unwatch(const gantry_host* host, gantry_id watch) {
    return guarded(nullptr, [&] {
        HostTable::of(host).secrets().unwatch(watch);
        return GANTRY_OK;
    });
}

constexpr gantry_secrets functions = {sizeof(gantry_secrets), 0, get, put, remove, watch, unwatch};

}  // namespace

const gantry_secrets& SecretsService::table() {
    return functions;
}

}  // namespace host::bridge
