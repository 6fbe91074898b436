#include "host/app/application.hpp"

#include <sys/un.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <thread>
#include <utility>

#include "host/app/control_access.hpp"
#include "host/app/generation_routes.hpp"
#include "host/app/health_probes.hpp"
#include "host/app/host_metrics.hpp"
#include "host/app/host_routes.hpp"
#include "host/app/make_directory.hpp"
#include "host/app/migrations.hpp"
#include "host/app/room_metrics.hpp"
#include "host/core/clock.hpp"
#include "host/core/thread_kind.hpp"
#include "host/metrics/exposition.hpp"
#include "host/metrics/process.hpp"
#include "host/plugin/deadline.hpp"

namespace host::app {

namespace {

// For a room to join its threads, once the plugins have ended: what takes longer is inside one that was given up.
constexpr std::chrono::milliseconds end_limit{5'000};
// PostgreSQL writes down what it has in memory before it ends.
constexpr std::chrono::milliseconds database_end_limit{60'000};

core::ThreadPool::Size blocking_size(const http::Settings& settings) {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    return {settings.blocking_threads != 0 ? settings.blocking_threads : 4 * cores, settings.blocking_queue_max};
}

// The command line's way in. A path that is too long for a socket leaves the host without.
http::Settings with_control_socket(const config::Config& config, const log::Logger& log) {
    http::Settings settings = config.http;
    const std::string socket = control_socket(config.data_directory);
    if (socket.size() < sizeof(sockaddr_un::sun_path) + std::string_view("unix:").size())
        settings.listen.push_back(socket);
    else
        log.warn("the command line cannot reach this host: its data_directory is too long for a socket");
    return settings;
}

admin::LogSource log_source(const std::shared_ptr<log::Sink>& sink) {
    return {.recent = [sink](const std::string& owner,
                             std::size_t lines_max) { return log::recent_lines(*sink, owner, lines_max); },
            .set_level =
                [sink](const std::string& owner, const std::string& word) {
                    const auto level = log::level_of(word);
                    if (!level) throw core::Error(core::Code::InvalidArgument, "level is trace, debug, info, warn or error");
                    log::set_level(*sink, owner, *level);
                }};
}

}  // namespace

Application::Application(config::Config config, ReadConfig read_config)
    : config_(std::move(config)),
      sink_(log::open_stderr(config_.log)),
      log_(sink_, "gantry"),
      metrics_(config_.metrics),
      http_metrics_(metrics_),
      blocking_("blocking", blocking_size(config_.http)),
      database_(config_.database, log::Logger(sink_, "database")),
      kv_(config_.kv, database_, log::Logger(sink_, "kv")),
      limits_(&kv_, log::Logger(sink_, "limits")),
      http_client_(config_.http_client, log::Logger(sink_, "http_client")),
      secrets_(config_.secrets, database_, log::Logger(sink_, "secrets")),
      administrators_(config_, secrets_, identity_.tokens(), log::Logger(sink_, "identity")),
      jobs_(config_.jobs, database_, blocking_, log::Logger(sink_, "jobs")),
      events_(config_.events, database_, blocking_, log::Logger(sink_, "events")),
      services_(config_.services, blocking_, log::Logger(sink_, "services")),
      event_feeds_(events_),
      websockets_(config_.http, log::Logger(sink_, "http")),
      hosting_(make_hosting(config_)),
      plugins_(plan_for(hosting_)),
      plugin_health_(plugins_),
      pipeline_(config_.http, log::Logger(sink_, "http"), blocking_, {&identity_, http_metrics_.unrouted()}),
      reloader_(reloader_parts(std::move(read_config)), hosting_, log::Logger(sink_, "reload")),
      control_(plugins_, plugin_health_, pipeline_, reloader_),
      server_(with_control_socket(config_, log_), pipeline_, log::Logger(sink_, "http"), &websockets_) {
    define_metrics();
}

Application::~Application() {
    // The reason stands in the log.
    if (!stop()) std::_Exit(EXIT_FAILURE);
}

void Application::start() {
    core::set_thread_kind(core::ThreadKind::Control);
    std::vector<std::string> problems = plugins_.prepare();
    if (!problems.empty()) throw config::ConfigErrors(std::move(problems));
    make_directory(config_.data_directory, "data_directory");
    database_.start();
    migrate(database_, config_, "gantry", log_);
    kv_.start();
    secrets_.start();
    http_client_.start();
    jobs_.start();
    events_.start();
    plugins_.start();
    pipeline_.publish(route_table_of(*hosting_, *plugins_.current(),
                                     [this](const auto& hosting) { return host_routes(hosting); },
                                     {http_metrics_, limits_}));
    administrators_.admit();
    server_.start();
    serving_ = true;
    log_.info("serving", {{"plugins", config_.plugins.wanted.size()}});
}

void Application::define_metrics() {
    metrics::define_process_metrics(metrics_);
    define_server_metrics(metrics_, server_);
    define_database_metrics(metrics_, database_);
    define_kv_metrics(metrics_, kv_);
    define_job_metrics(metrics_, jobs_);
    define_event_metrics(metrics_, events_);
    define_http_client_metrics(metrics_, http_client_);
    define_secret_metrics(metrics_, secrets_);
    define_websocket_metrics(metrics_, websockets_);
    define_services_metrics(metrics_, services_);
    define_limit_metrics(metrics_, limits_);
    define_plugin_metrics(metrics_, plugins_);
}

std::shared_ptr<PluginHosting> Application::make_hosting(config::Config config) {
    return std::make_shared<PluginHosting>(std::move(config), sink_,
                                           bridge::Rooms{.database = &database_,
                                                         .identity = &identity_,
                                                         .kv = &kv_,
                                                         .metrics = &metrics_,
                                                         .http_client = &http_client_,
                                                         .secrets = &secrets_,
                                                         .jobs = &jobs_,
                                                         .events = &events_,
                                                         .services = &services_,
                                                         .websockets = &websockets_});
}

Reloader::Parts Application::reloader_parts(ReadConfig read_config) {
    return {.read_config = std::move(read_config),
            .refresh = [this] { server_.reload_certificates(); },
            .make_hosting = [this](config::Config config) { return make_hosting(std::move(config)); },
            .host_routes = [this](const PluginHosting& hosting) { return host_routes(hosting); },
            .counters = {http_metrics_, limits_},
            .plugins = plugins_,
            .pipeline = pipeline_};
}

std::vector<http::Route> Application::host_routes(const PluginHosting& hosting) {
    auto routes = app::host_routes({.health = {[this] { return unready_reasons(); },
                                               health_probes({database_, kv_, plugin_health_, server_}, hosting.config)},
                                    .status = [this] { return status(); },
                                    .plugins = &control_,
                                    .log = log_source(sink_),
                                    .metrics = {std::string(metrics::text_format),
                                                [this](const std::string& plugin) { return metrics_.text_of(plugin); }},
                                    .jobs = &jobs_,
                                    .events = &events_,
                                    .feeds = &event_feeds_,
                                    .pipeline = &pipeline_,
                                    .pool = blocking_},
                                   hosting.config.openapi);
    routes.push_back(metrics_route(metrics_, config_.metrics.token));
    return routes;
}

gantry::Json Application::status() const {
    gantry::Json status = gantry::Json::object({{"status", unready_reasons().empty() ? "ok" : "unready"}});
    if (const auto generation = plugins_.current())
        status.set("generation", static_cast<std::int64_t>(generation->number()));
    if (const auto last = reloader_.last()) {
        status.set("last_reload",
                   gantry::Json::object({{"at", core::rfc3339(last->finished_us)}, {"swapped", last->swapped}}));
    }
    return status;
}

std::vector<std::string> Application::addresses() const {
    std::vector<std::string> addresses = server_.addresses();
    std::erase(addresses, control_socket(config_.data_directory));
    return addresses;
}

ReloadOutcome Application::reload() {
    std::promise<ReloadOutcome> outcome;
    if (!reloader_.request([&](const ReloadOutcome& done) { outcome.set_value(done); }))
        throw core::Error(core::Code::Unavailable, "the host is stopping");
    return outcome.get_future().get();
}

bool Application::responds_within(std::chrono::microseconds patience) const {
    if (server_.turns_within(patience)) return true;
    log_.error("an event loop does not turn: a handler blocks it",
               {{"waited_ms", std::chrono::duration_cast<std::chrono::milliseconds>(patience).count()}});
    return false;
}

// Must not block, so it does not ask the plugins: /health does.
std::vector<std::string> Application::unready_reasons() const {
    std::vector<std::string> reasons;
    if (!serving_) reasons.push_back("starting");
    if (pipeline_.draining()) reasons.push_back("draining");
    return reasons;
}

bool Application::stop() {
    if (std::exchange(stopped_, true)) return all_ended_;
    reloader_.stop();
    if (serving_) drain();
    // The table pins the plugins: without it they can end.
    pipeline_.publish(nullptr);
    plugins_.stop();
    end_rooms();
    if (serving_ && all_ended_) log_.info("stopped");
    return all_ended_;
}

void Application::drain() {
    log_.info("draining");
    pipeline_.set_draining(true);
    const auto deadline = core::Monotonic::now() + config_.http.drain_deadline;
    jobs_.close();
    events_.close();
    event_feeds_.close();
    ends("http", config_.http.drain_deadline + end_limit, [this] {
        const std::size_t cut = server_.drain(config_.http.drain_deadline);
        if (cut > 0) log_.warn("requests were cut off at the drain deadline", {{"requests", cut}});
    });
    if (!jobs_.drain(deadline)) log_.warn("jobs were cut off at the drain deadline and will be begun again");
    if (!events_.drain(deadline)) log_.warn("an event is still being delivered at the drain deadline");
}

void Application::end_rooms() {
    ends("services", end_limit, [this] { services_.stop(); });
    ends("events", end_limit, [this] { events_.stop(); });
    ends("jobs", end_limit, [this] { jobs_.stop(); });
    // If it could not be drained, it is left alone: somebody is still at it.
    if (all_ended_) ends("http", end_limit, [this] { server_.stop(); });
    ends("limits", end_limit, [this] { limits_.stop(); });
    ends("kv", end_limit, [this] { kv_.stop(); });
    ends("http_client", end_limit, [this] { http_client_.stop(); });
    ends("secrets", end_limit, [this] { secrets_.stop(); });
    ends("database", database_end_limit, [this] { database_.stop(); });
    // Its last work may still use the pipeline.
    ends("blocking", end_limit, [this] { blocking_.stop(); });
}

// A room joins its threads, and a plugin that was given up may never give back the one that called it. What does not end is
// left behind, so that the others can still end as they should, the database above all.
void Application::ends(const char* room, std::chrono::milliseconds limit, std::function<void()> work) {
    if (plugin::run_with_deadline(std::string("end:") + room, limit, std::move(work)) == plugin::Outcome::Finished) return;
    all_ended_ = false;
    log_.error("a plugin does not give back a thread of the host, which ends without it", {{"room", room}});
}

std::vector<PluginStatus> Application::plugins() const {
    std::vector<PluginStatus> lines;
    for (const plugin::Status& status : plugins_.list()) {
        if (!status.enabled) continue;
        lines.push_back({status.id, status.version, std::string(plugin::name_of(status.state)), status.summary,
                         status.file.string(), status.problem});
    }
    return lines;
}

}  // namespace host::app
