#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/kv_service.hpp"
#include "host/bridge/text.hpp"

// The C functions of gantry.kv/1. A call that breaks the contract has no callback, so its reason goes to the plugin's log;
// that a store is away does not, for it would be said with every call.
namespace host::bridge {

namespace {

gantry_status run(const gantry_host* host, const kv::Request& request, const KvService::Answer& answer) {
    gantry_error error{};
    error.struct_size = sizeof error;
    const gantry_status status = guarded(&error, [&] { return HostTable::of(host).kv().run(request, answer); });
    if (status == GANTRY_E_INVALID && error.message[0] != '\0') {
        HostTable::of(host).logger().warn("key-value call refused", {{"reason", error.message}});
    }
    return status;
}

gantry_status get(const gantry_host* host, gantry_str key, gantry_kv_result* now, gantry_kv_done done, void* user) {
    return run(host, {.operation = kv::Operation::Get, .key = view(key)}, {now, done, user});
}

gantry_status put(const gantry_host* host, gantry_str key, gantry_bytes value, std::uint64_t ttl_ms,
                  std::uint64_t if_version, gantry_kv_result* now, gantry_kv_done done, void* user) {
    return run(host,
               {.operation = kv::Operation::Put,
                .key = view(key),
                .value = view({static_cast<const char*>(value.data), value.size}),
                .ttl_ms = ttl_ms,
                .if_version = if_version},
               {now, done, user});
}

gantry_status remove(const gantry_host* host, gantry_str key, std::uint64_t if_version, gantry_kv_result* now,
                     gantry_kv_done done, void* user) {
    return run(host, {.operation = kv::Operation::Remove, .key = view(key), .if_version = if_version}, {now, done, user});
}

gantry_status add(const gantry_host* host, gantry_str key, std::int64_t by, std::uint64_t ttl_ms, gantry_kv_result* now,
                  gantry_kv_done done, void* user) {
    return run(host, {.operation = kv::Operation::Add, .key = view(key), .ttl_ms = ttl_ms, .by = by}, {now, done, user});
}

gantry_status limit(const gantry_host* host, gantry_str key, std::uint64_t limit, std::uint64_t window_ms,
                    gantry_kv_result* now, gantry_kv_done done, void* user) {
    return run(host, {.operation = kv::Operation::Limit, .key = view(key), .limit = limit, .window_ms = window_ms},
               {now, done, user});
}

constexpr gantry_kv functions = {sizeof(gantry_kv), 0, get, put, remove, add, limit};

}  // namespace

const gantry_kv& KvService::table() {
    return functions;
}

}  // namespace host::bridge
