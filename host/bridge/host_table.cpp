#include "host/bridge/host_table.hpp"

#include <algorithm>
#include <utility>

#include <gantry/abi/config.h>

#include "host/bridge/guard.hpp"
#include "host/bridge/log_service.hpp"
#include "host/bridge/sys_service.hpp"
#include "host/bridge/text.hpp"
#include "host/core/version.hpp"

namespace host::bridge {

namespace {

struct Service {
    const char* id;
    const void* table;
    std::uint32_t size;
};

const std::vector<Service>& every_service() {
    static const std::vector<Service> all = {
        {GANTRY_LOG, &log_table(), sizeof(gantry_log)},
        {GANTRY_SYS, &sys_table(), sizeof(gantry_sys)},
        {GANTRY_HTTP_SERVER, &HttpService::table(), sizeof(gantry_http_server)},
        {GANTRY_DATABASE, &DatabaseService::table(), sizeof(gantry_database)},
        {GANTRY_IDENTITY, &IdentityService::table(), sizeof(gantry_identity)},
        {GANTRY_KV, &KvService::table(), sizeof(gantry_kv)},
        {GANTRY_METRICS, &MetricsService::table(), sizeof(gantry_metrics)},
        {GANTRY_HTTP_CLIENT, &HttpClientService::table(), sizeof(gantry_http_client)},
        {GANTRY_SECRETS, &SecretsService::table(), sizeof(gantry_secrets)},
        {GANTRY_JOBS, &JobsService::table(), sizeof(gantry_jobs)},
        {GANTRY_EVENTS, &EventsService::table(), sizeof(gantry_events)},
        {GANTRY_WEBSOCKET, &WebSocketService::table(), sizeof(gantry_websocket)},
        {GANTRY_SERVICES, &ServicesService::table(), sizeof(gantry_services)},
    };
    return all;
}

}  // namespace

std::map<std::string, std::uint32_t> offered_services() {
    std::map<std::string, std::uint32_t> offered{{GANTRY_CONFIG, sizeof(gantry_config)}};
    for (const Service& service : every_service())
        offered.emplace(service.id, service.size);
    return offered;
}

HostTable::HostTable(Plugin plugin, Registrar registrar, const Rooms& rooms, log::Logger logger)
    : plugin_(std::move(plugin)),
      logger_(std::move(logger)),
      gate_(std::make_shared<core::Gate>()),
      http_(plugin_.id, std::move(registrar.add_route), gate_, logger_),
      database_(plugin_.id, rooms.database, gate_),
      identity_(plugin_.id, rooms.identity, registrar.claims, registrar.record, gate_, logger_),
      kv_(plugin_.id, rooms.kv, gate_),
      metrics_(plugin_.id, rooms.metrics, registrar.record),
      http_client_(plugin_.id, plugin_.egress, rooms.http_client, gate_),
      secrets_(plugin_.id, rooms.secrets, gate_, registrar.record),
      jobs_(plugin_.id, rooms.jobs, database_, registrar.record, gate_, logger_),
      events_(plugin_.id, rooms.events, database_, registrar.record, gate_, logger_),
      websocket_(plugin_.id, rooms.websockets, http_, gate_),
      services_(plugin_.id, rooms.services, plugin_.services, http_, registrar.record, gate_, logger_),
      // Work stops coming first; the database is the last to go, since all the others use it.
      sides_{&jobs_, &events_,  &services_,    &websocket_, &http_,    &identity_,
             &kv_,   &metrics_, &http_client_, &secrets_,   &database_},
      abi_{sizeof(gantry_host),
           GANTRY_ABI_MAJOR,
           GANTRY_ABI_MINOR,
           this,
           str(core::version()),
           str(plugin_.id),
           str(plugin_.data_directory),
           query} {}

gantry_status HostTable::query(const gantry_host* host, gantry_str service_id, const void** out) {
    return guarded(nullptr, [&]() -> gantry_status {
        const HostTable& self = of(host);
        const std::string_view wanted = view(service_id);
        const auto& all = every_service();
        const auto found = std::find_if(all.begin(), all.end(), [&](const Service& s) { return wanted == s.id; });
        if (found == all.end()) return GANTRY_E_UNSUPPORTED;
        const auto& granted = self.plugin_.services;
        if (std::find(granted.begin(), granted.end(), wanted) == granted.end()) return GANTRY_E_DENIED;
        *out = found->table;
        return GANTRY_OK;
    });
}

void HostTable::freeze() {
    for (ServiceSide* side : sides_)
        side->freeze();
}

void HostTable::activate() {
    for (ServiceSide* side : sides_)
        side->activate();
}

bool HostTable::silence(std::chrono::steady_clock::time_point deadline) {
    for (ServiceSide* side : sides_)
        side->refuse_more();
    for (ServiceSide* side : sides_)
        side->silence();
    if (!gate_->close(deadline)) return false;
    http_.let_go();
    return true;
}

}  // namespace host::bridge
