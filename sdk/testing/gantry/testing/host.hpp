#pragma once

#include <chrono>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/database.hpp>
#include <gantry/testing/events.hpp>
#include <gantry/testing/http.hpp>
#include <gantry/testing/http_client.hpp>
#include <gantry/testing/identity.hpp>
#include <gantry/testing/jobs.hpp>
#include <gantry/testing/kv.hpp>
#include <gantry/testing/metrics.hpp>
#include <gantry/testing/secrets.hpp>
#include <gantry/testing/services.hpp>
#include <gantry/testing/settings.hpp>
#include <gantry/testing/violations.hpp>
#include <gantry/testing/websocket.hpp>

namespace gantry::testing {

// The plugin did not want to be created, configured or started; the message is its own.
class Refused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// A line the plugin has logged.
struct LogLine {
    std::int32_t level;
    std::string message;
    std::vector<std::pair<std::string, std::string>> fields;
};

// Loads one plugin, sends it requests and keeps it to the contract: at the end of its life, a request that was not
// answered, a call after stop(), a transaction left open or an expectation that nothing met fails the test.
class FakeHost {
  public:
    // A request in flight.
    class Pending {
      public:
        Pending(FakeHttp& http, FakeHttp::ExchangePtr exchange) : http_(&http), exchange_(std::move(exchange)) {}
        bool answered() const { return http_->ended(exchange_); }
        // What has arrived so far.
        Answer so_far() const { return http_->answer_of(exchange_); }
        // Waits for the end.
        Answer answer() const {
            http_->wait(exchange_);
            return so_far();
        }
        // How often the stream was above its high-water mark.
        std::size_t waits() const { return http_->waits_of(exchange_); }
        void read() const { http_->read(exchange_); }
        void leave() const { http_->leave(exchange_); }

      private:
        FakeHttp* http_;
        FakeHttp::ExchangePtr exchange_;
    };

    explicit FakeHost(Completions completions = Completions::OnAnotherThread) {
        if (completions == Completions::OnAnotherThread) calls_.run_on_another_thread();
        host_.struct_size = sizeof host_;
        host_.abi_major = GANTRY_ABI_MAJOR;
        host_.abi_minor = GANTRY_ABI_MINOR;
        host_.impl = this;
        host_.host_version = str("1.0.0");
        host_.data_directory = str(data_directory_);
        host_.query = query;
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;
    ~FakeHost() {
        stop();
        for (const std::string& violation : watch_.take_violations())
            report_violation(violation);
    }

    // Before start(): what the administrator wrote, without the defaults.
    void settings(Json settings) { settings_ = std::move(settings); }
    void data_directory(std::string path) {
        data_directory_ = std::move(path);
        host_.data_directory = str(data_directory_);
    }
    // Before start(): answers `status` to whoever asks for that service.
    void withhold(std::string service_id, gantry_status status) { withheld_.emplace_back(std::move(service_id), status); }

    // Creates, configures and starts; throws Refused with the plugin's own message if it does not want to.
    void start(const gantry_entry& entry);
    // Quiesces, stops and destroys; also in the destructor.
    void stop();
    // What the plugin says of its settings.
    static Json describe(const gantry_entry& entry);

    Answer get(std::string target, HeaderList headers = {}) { return send({"GET", std::move(target), std::move(headers)}); }
    Answer del(std::string target, HeaderList headers = {}) {
        return send({"DELETE", std::move(target), std::move(headers)});
    }
    Answer post(std::string target, const Json& body) { return send_json("POST", std::move(target), body, {}); }
    Answer put(std::string target, const Json& body, HeaderList headers = {}) {
        return send_json("PUT", std::move(target), body, std::move(headers));
    }
    Answer patch(std::string target, const Json& body, HeaderList headers = {}) {
        return send_json("PATCH", std::move(target), body, std::move(headers));
    }
    // Waits for the answer.
    Answer send(ClientRequest request) { return begin(std::move(request)).answer(); }
    // Opens a WebSocket; throws std::runtime_error with the status if the plugin answers instead.
    FakeSocket websocket(std::string target, HeaderList headers = {}) {
        headers.emplace_back("upgrade", "websocket");
        const std::size_t before = websockets_.accepted();
        const Answer answer = send({"GET", std::move(target), std::move(headers)});
        if (answer.status != 101)
            throw std::runtime_error("no WebSocket: " + std::to_string(answer.status) + " " + answer.body);
        return FakeSocket(websockets_, websockets_.socket_at(before));
    }
    // Does not wait.
    Pending begin(ClientRequest request) { return Pending(http_, http_.open(std::move(request))); }

    gantry_health health();
    // With Completions::ByHand: makes the oldest call that is due; false: none is.
    bool complete_one() { return calls_.run_one(); }
    // The newest call instead, so that the others come late.
    bool complete_newest() { return calls_.run_newest(); }
    void complete_all() {
        while (calls_.run_one()) {
        }
    }

    // Asks a plugin that tells who calls.
    Identified authenticate(ClientRequest request) { return identity_.ask(std::move(request)); }

    FakeDatabase& database() { return database_; }
    FakeHttp& http() { return http_; }
    FakeKv& kv() { return kv_; }
    FakeMetrics& metrics() { return metrics_; }
    FakeHttpClient& upstream() { return http_client_; }
    FakeSecrets& secrets() { return secrets_; }
    FakeJobs& jobs() { return jobs_; }
    FakeEvents& events() { return events_; }
    FakeServices& services() { return services_; }
    FakeWebSockets& websockets() { return websockets_; }
    Watch& watch() { return watch_; }
    std::vector<LogLine> log() const {
        const std::lock_guard lock(log_mutex_);
        return log_;
    }

  private:
    Answer send_json(std::string method, std::string target, const Json& body, HeaderList headers) {
        headers.emplace_back("content-type", "application/json");
        return send({std::move(method), std::move(target), std::move(headers), body.dump()});
    }
    void throw_if(gantry_status status, const char* step, const gantry_error& error) {
        if (status >= 0) return;
        const std::string where = error.where[0] != '\0' ? std::string(error.where) + ": " : "";
        throw Refused(std::string(step) + ": " + where + error.message);
    }
    void write_log(std::int32_t level, gantry_str message, const gantry_pair* fields, std::uint32_t fields_n) {
        const std::lock_guard lock(log_mutex_);
        LogLine& line = log_.emplace_back(LogLine{level, std::string(view(message)), {}});
        for (std::uint32_t i = 0; i < fields_n; ++i) {
            line.fields.emplace_back(view(fields[i].name), view(fields[i].value));
        }
    }

    void require_members();
    static FakeHost& of(const gantry_host* host) { return *static_cast<FakeHost*>(host->impl); }
    static gantry_status query(const gantry_host* host, gantry_str service_id, const void** service);
    static const gantry_log* log_table();
    static const gantry_sys* sys_table();
    static const gantry_http_server* http_table();
    static const gantry_database* database_table();
    static const gantry_identity* identity_table();
    static const gantry_kv* kv_table();
    static const gantry_metrics* metrics_table();
    static const gantry_http_client* http_client_table();
    static const gantry_secrets* secrets_table();
    static const gantry_jobs* jobs_table();
    static const gantry_events* events_table();
    static const gantry_services* services_table();
    static const gantry_websocket* websocket_table();

    Watch watch_;
    Calls calls_;
    FakeHttp http_{watch_, calls_};
    FakeDatabase database_{watch_, calls_};
    FakeIdentity identity_{watch_};
    FakeKv kv_{calls_};
    FakeMetrics metrics_{watch_};
    FakeHttpClient http_client_{watch_, calls_};
    FakeSecrets secrets_{watch_, calls_};
    FakeJobs jobs_{watch_, calls_};
    FakeEvents events_{calls_};
    FakeServices services_{watch_, calls_};
    FakeWebSockets websockets_{watch_, calls_};
    Json settings_ = Json::object();
    std::string data_directory_ = std::filesystem::temp_directory_path().string();
    std::vector<std::pair<std::string, gantry_status>> withheld_;
    mutable std::mutex log_mutex_;
    std::vector<LogLine> log_;
    gantry_host host_{};
    gantry_plugin* plugin_ = nullptr;
    bool started_ = false;
};

inline Json FakeHost::describe(const gantry_entry& entry) {
    std::string text = "{}";
    const auto sink = [](void* user, gantry_str json) { *static_cast<std::string*>(user) = view(json); };
    // Not GANTRY_HAS(), which asks whether the pointer is null: a reference never is.
    const bool has_it = entry.struct_size >= offsetof(gantry_entry, describe) + sizeof entry.describe;
    if (has_it && entry.describe != nullptr) entry.describe(sink, &text);
    return Json::parse(text);
}

inline void FakeHost::start(const gantry_entry& entry) {
    const ThreadKindScope control(GANTRY_THREAD_CONTROL);
    gantry_error error = gantry::detail::empty_error();
    host_.plugin_id = str(entry.id);
    throw_if(entry.create(&host_, &plugin_, &error), "create", error);
    require_members();
    if (GANTRY_HAS(plugin_, configure)) {
        const Json description = describe(entry);
        const Json* schema = description.find("config");
        const Json tree = with_defaults(settings_, schema != nullptr ? *schema : Json::object());
        const FakeConfig config(tree);
        throw_if(plugin_->configure(plugin_, config.get(), &error), "configure", error);
    }
    started_ = true;
    throw_if(plugin_->start(plugin_, &error), "start", error);
}

inline void FakeHost::require_members() {
    std::string fault;
    if (plugin_ == nullptr) {
        fault = "create() succeeded but made no plugin object";
    } else if (!GANTRY_HAS(plugin_, start) || !GANTRY_HAS(plugin_, stop) || !GANTRY_HAS(plugin_, destroy)) {
        plugin_ = nullptr;
        fault = "the plugin object lacks start(), stop() or destroy()";
    }
    if (fault.empty()) return;
    watch_.violation(fault);
    throw Refused(fault);
}

inline void FakeHost::stop() {
    if (plugin_ == nullptr) return;
    const ThreadKindScope control(GANTRY_THREAD_CONTROL);
    if (started_) {
        http_.cancel_all();
        http_client_.cancel_all();
        services_.cancel_all();
        websockets_.close_all(1001);
        // By hand nothing would complete while the plugin waits for it; and its stop meets no call in progress.
        calls_.settle();
        if (GANTRY_HAS(plugin_, quiesce)) {
            const auto deadline = std::chrono::steady_clock::now().time_since_epoch() + std::chrono::seconds(10);
            plugin_->quiesce(plugin_, static_cast<std::uint64_t>(std::chrono::nanoseconds(deadline).count()));
        }
        if (!calls_.has_worker()) calls_.run_on_another_thread();
        plugin_->stop(plugin_);
        calls_.finish();
        watch_.stopped();
        database_.check_end();
        http_client_.check_end();
        secrets_.check_end();
        http_.check_end();
    }
    plugin_->destroy(plugin_);
    plugin_ = nullptr;
}

inline gantry_health FakeHost::health() {
    gantry_health health{};
    health.struct_size = sizeof health;
    const ThreadKindScope blocking(GANTRY_THREAD_BLOCKING);
    if (GANTRY_HAS(plugin_, health)) plugin_->health(plugin_, &health);
    return health;
}

inline gantry_status FakeHost::query(const gantry_host* host, gantry_str service_id, const void** service) {
    of(host).watch_.look("query");
    const std::string_view wanted = view(service_id);
    for (const auto& [id, status] : of(host).withheld_) {
        if (id == wanted) return status;
    }
    const std::pair<std::string_view, const void*> tables[] = {
        {GANTRY_LOG, log_table()},           {GANTRY_SYS, sys_table()},
        {GANTRY_HTTP_SERVER, http_table()},  {GANTRY_DATABASE, database_table()},
        {GANTRY_IDENTITY, identity_table()}, {GANTRY_KV, kv_table()},
        {GANTRY_METRICS, metrics_table()},   {GANTRY_HTTP_CLIENT, http_client_table()},
        {GANTRY_SECRETS, secrets_table()},   {GANTRY_JOBS, jobs_table()},
        {GANTRY_EVENTS, events_table()},     {GANTRY_WEBSOCKET, websocket_table()},
        {GANTRY_SERVICES, services_table()},
    };
    for (const auto& [id, table] : tables) {
        if (id != wanted) continue;
        *service = table;
        return GANTRY_OK;
    }
    return GANTRY_E_UNSUPPORTED;
}

}  // namespace gantry::testing

#include <gantry/testing/tables.hpp>
