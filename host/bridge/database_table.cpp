#include "host/bridge/accepted.hpp"
#include "host/bridge/database_service.hpp"
#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"

// The C functions of gantry.database/1. Each finds the plugin that asks and calls its DatabaseService. A call that fails
// here has a reason but no callback, so the reason goes to the plugin's log.
namespace host::bridge {

namespace {

DatabaseService& service_of(const gantry_host* host) {
    return HostTable::of(host).database();
}

gantry_status query(const gantry_host* host, const gantry_query* query, gantry_rows_done done, void* user,
                    gantry_id* operation) {
    return accepted(host, "database.query", [&] {
        if (query == nullptr) throw core::Error(core::Code::InvalidArgument, "query is NULL");
        const gantry_id id = service_of(host).query(*query, done, user);
        if (operation != nullptr) *operation = id;
        return GANTRY_PENDING;
    });
}

gantry_status begin(const gantry_host* host, const gantry_transaction* options, gantry_begin_done done, void* user) {
    return accepted(host, "database.begin", [&] {
        service_of(host).begin(options, done, user);
        return GANTRY_PENDING;
    });
}

gantry_status end(const gantry_host* host, gantry_id transaction, std::int32_t commit, gantry_done done, void* user) {
    return accepted(host, "database.end", [&] {
        service_of(host).end(transaction, commit != 0 ? database::Ending::Commit : database::Ending::Rollback, done, user);
        return GANTRY_PENDING;
    });
}

gantry_status copy_in(const gantry_host* host, const gantry_copy* copy, gantry_rows_done done, void* user,
                      gantry_id* operation) {
    return accepted(host, "database.copy_in", [&] {
        if (copy == nullptr) throw core::Error(core::Code::InvalidArgument, "copy is NULL");
        const gantry_id id = service_of(host).copy_in(*copy, done, user);
        if (operation != nullptr) *operation = id;
        return GANTRY_PENDING;
    });
}

gantry_status cancel(const gantry_host* host, gantry_id operation) {
    return guarded(nullptr, [&] {
        service_of(host).cancel(operation);
        return GANTRY_OK;
    });
}

constexpr gantry_database functions = {sizeof(gantry_database), 0, query, begin, end, copy_in, cancel};

}  // namespace

const gantry_database& DatabaseService::table() {
    return functions;
}

}  // namespace host::bridge
