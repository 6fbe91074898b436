#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "host/app/plugin_environment.hpp"
#include "host/app/plugin_status.hpp"
#include "host/config/config.hpp"
#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/http/pipeline.hpp"
#include "host/http/server.hpp"
#include "host/jobs/jobs.hpp"
#include "host/log/logger.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// The composition root: builds every part in order, owns them, stops them in reverse. One thread calls start() and stop().
class Application {
  public:
    explicit Application(config::Config config);
    // Stops, if nobody did.
    ~Application();

    // Database, migrations, plugins, routes, sockets: when it returns, the host serves. Throws core::Error or ConfigErrors;
    // then nothing is left running.
    void start();
    // Lets requests finish until http.drain_deadline, then ends everything.
    void stop();

    std::vector<std::string> addresses() const { return server_.addresses(); }
    std::vector<PluginStatus> plugins() const;

  private:
    void publish_routes();
    std::vector<std::string> unready_reasons() const;

    // In the order of birth: what stands below may use what stands above.
    const config::Config config_;
    const std::shared_ptr<log::Sink> sink_;
    const log::Logger log_;
    core::ThreadPool blocking_;
    database::Database database_;
    jobs::Jobs jobs_;
    PluginHosting hosting_;
    plugin::Manager plugins_;
    http::Pipeline pipeline_;
    http::Server server_;
    std::atomic<bool> serving_{false};
    bool stopped_ = false;
};

}  // namespace host::app
