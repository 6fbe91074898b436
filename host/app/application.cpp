#include "host/app/application.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "host/app/failed_plugins.hpp"
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

Application::Application(config::Config config)
    : config_(std::move(config)),
      sink_(log::open_stderr(config_.log)),
      log_(sink_, "gantry"),
      blocking_("blocking", blocking_size(config_.http)),
      database_(config_.database, log::Logger(sink_, "database")),
      hosting_{config_, sink_, {.database = &database_}},
      plugins_(config_.plugins, plugin_environment(hosting_)),
      pipeline_(config_.http, log::Logger(sink_, "http"), blocking_),
      server_(config_.http, pipeline_, log::Logger(sink_, "http")) {}

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
    publish_routes();
    server_.start();
    serving_ = true;
    log_.info("serving", {{"plugins", config_.plugins.wanted.size()}});
}

void Application::publish_routes() {
    http::HealthSources sources{[this] { return unready_reasons(); }, health_probes(database_, plugins_, server_, config_)};
    for (http::Route& route : http::health_routes(std::move(sources)))
        hosting_.routes.add(std::move(route));
    add_closed_routes(hosting_.routes, plugins_.failures(), hosting_.removed_routes);
    pipeline_.publish(hosting_.routes.freeze(plugins_.current()));
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
