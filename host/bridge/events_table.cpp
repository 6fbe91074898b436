#include "host/bridge/accepted.hpp"
#include "host/bridge/events_service.hpp"
#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"

// The C functions of gantry.events/1. Each finds the plugin that asks and calls its EventsService.
namespace host::bridge {

namespace {

EventsService& service_of(const gantry_host* host) {
    return HostTable::of(host).events();
}

gantry_status publish(const gantry_host* host, const gantry_event* event, std::uint32_t flags, gantry_id transaction,
                      gantry_done done, void* user) {
    return accepted(host, "events.publish", [&] {
        if (event == nullptr) throw core::Error(core::Code::InvalidArgument, "event is NULL");
        return service_of(host).publish(*event, flags, transaction, done, user);
    });
}

gantry_status subscribe(const gantry_host* host, const gantry_subscription* subscription, gantry_error* error) {
    return guarded(error, [&] {
        if (subscription == nullptr) throw core::Error(core::Code::InvalidArgument, "subscription is NULL");
        service_of(host).subscribe(*subscription);
        return GANTRY_OK;
    });
}

constexpr gantry_events functions = {sizeof(gantry_events), 0, publish, subscribe};

}  // namespace

const gantry_events& EventsService::table() {
    return functions;
}

}  // namespace host::bridge
