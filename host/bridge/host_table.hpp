#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gantry/abi/plugin.h>

#include "host/bridge/database_service.hpp"
#include "host/bridge/http_service.hpp"
#include "host/core/gate.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// Every service this host has, with the size of its table: what a plugin file's needs are held against before it is mapped.
std::map<std::string, std::uint32_t> offered_services();

// The host as one plugin instance sees it: a gantry_host that knows who is asking. Outlives the instance.
class HostTable {
  public:
    struct Plugin {
        std::string id;
        std::string data_directory;
        std::vector<std::string> services;  // what its manifest asks for
    };
    // `database` may be null: then gantry.database/1 answers GANTRY_E_UNAVAILABLE.
    HostTable(Plugin plugin, HttpService::AddRoute add_route, database::Database* database, log::Logger logger);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const gantry_host* host() const { return &abi_; }
    static HostTable& of(const gantry_host* host) { return *static_cast<HostTable*>(host->impl); }

    const log::Logger& logger() const { return logger_; }
    HttpService& http() { return http_; }
    DatabaseService& database() { return database_; }

    // start() is over: registrations are closed.
    void freeze() { http_.freeze(); }
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
    gantry_host abi_;
};

}  // namespace host::bridge
