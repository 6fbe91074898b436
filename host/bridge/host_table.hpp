#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gantry/abi/plugin.h>

#include "host/bridge/database_service.hpp"
#include "host/bridge/events_service.hpp"
#include "host/bridge/http_client_service.hpp"
#include "host/bridge/http_service.hpp"
#include "host/bridge/identity_service.hpp"
#include "host/bridge/jobs_service.hpp"
#include "host/bridge/kv_service.hpp"
#include "host/bridge/metrics_service.hpp"
#include "host/bridge/secrets_service.hpp"
#include "host/bridge/service_side.hpp"
#include "host/bridge/services_service.hpp"
#include "host/bridge/websocket_service.hpp"
#include "host/core/gate.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// Every service this host has, with the size of its table: what a plugin file's needs are held against before it is mapped.
std::map<std::string, std::uint32_t> offered_services();

// The rooms behind the services. Each may be null, as all are offline: its service then answers GANTRY_E_UNAVAILABLE.
struct Rooms {
    database::Database* database = nullptr;
    identity::Identity* identity = nullptr;
    kv::Kv* kv = nullptr;
    metrics::Registry* metrics = nullptr;
    http_client::Client* http_client = nullptr;
    secrets::Secrets* secrets = nullptr;
    jobs::Jobs* jobs = nullptr;
    events::Events* events = nullptr;
    services::Services* services = nullptr;
    http::WebSocketHub* websockets = nullptr;
};

// The host as one plugin instance sees it: a gantry_host that knows who is asking. Outlives the instance.
class HostTable {
  public:
    struct Plugin {
        std::string id;
        std::string data_directory;
        std::vector<std::string> services;  // what its manifest asks for
        http_client::Egress egress = {};    // where the administrator lets it call
    };
    struct Registrar {
        HttpService::AddRoute add_route;
        Record record;
        std::shared_ptr<Claims> claims = std::make_shared<Claims>();  // of the generation
    };
    HostTable(Plugin plugin, Registrar registrar, const Rooms& rooms, log::Logger logger);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const gantry_host* host() const { return &abi_; }
    static HostTable& of(const gantry_host* host) { return *static_cast<HostTable*>(host->impl); }

    const log::Logger& logger() const { return logger_; }
    HttpService& http() { return http_; }
    DatabaseService& database() { return database_; }
    IdentityService& identity() { return identity_; }
    KvService& kv() { return kv_; }
    MetricsService& metrics() { return metrics_; }
    HttpClientService& http_client() { return http_client_; }
    SecretsService& secrets() { return secrets_; }
    JobsService& jobs() { return jobs_; }
    EventsService& events() { return events_; }
    WebSocketService& websocket() { return websocket_; }
    ServicesService& services() { return services_; }

    // See ServiceSide. Control thread.
    void freeze();
    void activate();
    // Ends everything the plugin has open, with its callbacks, then makes no call into it any more. False: code of the
    // plugin is still running when the deadline passes. Before stop(). Control thread.
    [[nodiscard]] bool silence(std::chrono::steady_clock::time_point deadline);
    bool silenced() const { return gate_->closed(); }

  private:
    static gantry_status query(const gantry_host* host, gantry_str service_id, const void** service);

    const Plugin plugin_;
    const log::Logger logger_;
    const std::shared_ptr<core::Gate> gate_;
    HttpService http_;
    DatabaseService database_;
    IdentityService identity_;
    KvService kv_;
    MetricsService metrics_;
    HttpClientService http_client_;
    SecretsService secrets_;
    JobsService jobs_;
    EventsService events_;
    WebSocketService websocket_;
    ServicesService services_;
    const std::vector<ServiceSide*> sides_;
    gantry_host abi_;
};

}  // namespace host::bridge
