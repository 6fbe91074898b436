#include "host/app/application.hpp"

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>

#include "host/app/generation_routes.hpp"
#include "host/app/health_probes.hpp"
#include "host/app/migrations.hpp"
#include "host/core/thread_kind.hpp"

namespace host::app {

namespace {

core::ThreadPool::Size blocking_size(const http::Settings& settings) {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    return {settings.blocking_threads != 0 ? settings.blocking_threads : 4 * cores, settings.blocking_queue_max};
}

void make_data_directory(const std::filesystem::path& directory) {
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);
    if (!failure) return;
    throw core::Error(core::Code::Unavailable,
                      "data_directory " + directory.string() + " cannot be made: " + failure.message());
}

}  // namespace

Application::Application(config::Config config, ReadConfig read_config)
    : config_(std::move(config)),
      sink_(log::open_stderr(config_.log)),
      log_(sink_, "gantry"),
      blocking_("blocking", blocking_size(config_.http)),
      database_(config_.database, log::Logger(sink_, "database")),
      hosting_(make_hosting(config_)),
      plugins_(plan_for(hosting_)),
      pipeline_(config_.http, log::Logger(sink_, "http"), blocking_, &identity_),
      server_(config_.http, pipeline_, log::Logger(sink_, "http")),
      read_config_(std::move(read_config)) {}

Application::~Application() {
    stop();
}

void Application::start() {
    core::set_thread_kind(core::ThreadKind::Control);
    std::vector<std::string> problems = plugins_.prepare();
    if (!problems.empty()) throw config::ConfigErrors(std::move(problems));
    make_data_directory(config_.data_directory);
    database_.start();
    migrate(database_, config_, "gantry", log_);
    plugins_.start();
    const HostRoutes routes = [this](const PluginHosting& hosting) { return host_routes(hosting); };
    pipeline_.publish(route_table_of(*hosting_, *plugins_.current(), routes));
    server_.start();
    serving_ = true;
    reloader_ = std::make_unique<Reloader>(
        Reloader::Parts{
            .read_config = read_config_,
            .make_hosting = [this](config::Config config) { return make_hosting(std::move(config)); },
            .host_routes = routes,
            .plugins = plugins_,
            .pipeline = pipeline_,
        },
        hosting_, log::Logger(sink_, "reload"));
    log_.info("serving", {{"plugins", config_.plugins.wanted.size()}});
}

std::shared_ptr<PluginHosting> Application::make_hosting(config::Config config) {
    return std::make_shared<PluginHosting>(std::move(config), sink_,
                                           bridge::Rooms{.database = &database_, .identity = &identity_});
}

std::vector<http::Route> Application::host_routes(const PluginHosting& hosting) {
    return http::health_routes(
        {[this] { return unready_reasons(); }, health_probes(database_, plugins_, hosting.config.plugins)});
}

ReloadOutcome Application::reload() {
    std::promise<ReloadOutcome> outcome;
    const bool taken = reloader_ && reloader_->request([&](const ReloadOutcome& done) { outcome.set_value(done); });
    if (!taken) throw core::Error(core::Code::Unavailable, "the host does not serve");
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

void Application::stop() {
    if (std::exchange(stopped_, true)) return;
    if (reloader_) reloader_->stop();
    if (serving_) {
        log_.info("draining");
        pipeline_.set_draining(true);
        const std::size_t cut = server_.drain(config_.http.drain_deadline);
        if (cut > 0) log_.warn("requests were cut off at the drain deadline", {{"requests", cut}});
    }
    // The table pins the plugins: without it they can end.
    pipeline_.publish(nullptr);
    plugins_.stop();
    server_.stop();
    database_.stop();
    if (serving_) log_.info("stopped");
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
