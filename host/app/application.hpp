#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/admin/event_feed.hpp"
#include "host/app/administrators.hpp"
#include "host/app/http_metrics.hpp"
#include "host/app/plugin_control.hpp"
#include "host/app/plugin_environment.hpp"
#include "host/app/plugin_health.hpp"
#include "host/app/plugin_status.hpp"
#include "host/app/reloader.hpp"
#include "host/config/config.hpp"
#include "host/core/thread_pool.hpp"
#include "host/database/database.hpp"
#include "host/events/events.hpp"
#include "host/http/pipeline.hpp"
#include "host/http/server.hpp"
#include "host/http_client/client.hpp"
#include "host/jobs/jobs.hpp"
#include "host/kv/kv.hpp"
#include "host/limits/limits.hpp"
#include "host/log/logger.hpp"
#include "host/metrics/registry.hpp"
#include "host/plugin/manager.hpp"
#include "host/secrets/secrets.hpp"
#include "host/services/services.hpp"

namespace host::app {

// The composition root: builds every part in order, owns them, stops them in reverse. One thread calls start() and stop().
class Application {
  public:
    using ReadConfig = std::function<config::Config()>;

    // `read_config` reads the configuration anew for a reload.
    Application(config::Config config, ReadConfig read_config);
    // Stops, if nobody did; ends the process if that cannot be done.
    ~Application();

    // Database, migrations, plugins, routes, sockets: when it returns, the host serves. Throws core::Error or ConfigErrors;
    // then nothing is left running.
    void start();
    // Puts a new generation, of the configuration and the plugin files as they are now, in the place of the present one.
    // Returns once it serves, or with the problems that kept it from it: then nothing has changed. Throws
    // Unavailable while the host does not serve. [control]
    ReloadOutcome reload();
    // Lets requests finish until http.drain_deadline, then ends everything. False: a thread of the host is inside a plugin
    // and does not come back; the database has ended all the same. Then nothing of this object can be destroyed: the
    // process is to be left as it is.
    [[nodiscard]] bool stop();

    // Where clients find it; not the socket of the command line.
    std::vector<std::string> addresses() const;
    // Does every event loop turn? False: one has not done so for this long, which a handler that blocks it brings about.
    bool responds_within(std::chrono::microseconds patience) const;
    std::vector<PluginStatus> plugins() const;

  private:
    std::shared_ptr<PluginHosting> make_hosting(config::Config config);
    std::vector<http::Route> host_routes(const PluginHosting& hosting);
    Reloader::Parts reloader_parts(ReadConfig read_config);
    gantry::Json status() const;
    void define_metrics();
    void drain();
    void end_rooms();
    void ends(const char* room, std::chrono::milliseconds limit, std::function<void()> work);
    std::vector<std::string> unready_reasons() const;

    // In the order of birth: what stands below may use what stands above.
    const config::Config config_;
    const std::shared_ptr<log::Sink> sink_;
    const log::Logger log_;
    metrics::Registry metrics_;
    const HttpMetrics http_metrics_;
    core::ThreadPool blocking_;
    database::Database database_;
    identity::Identity identity_;
    kv::Kv kv_;
    limits::Limits limits_;
    http_client::Client http_client_;
    secrets::Secrets secrets_;
    Administrators administrators_;
    jobs::Jobs jobs_;
    events::Events events_;
    services::Services services_;
    admin::EventFeeds event_feeds_;
    http::WebSocketHub websockets_;
    const std::shared_ptr<PluginHosting> hosting_;  // of the first generation
    plugin::Manager plugins_;
    PluginHealth plugin_health_;
    http::Pipeline pipeline_;
    Reloader reloader_;
    PluginControl control_;
    http::Server server_;
    std::atomic<bool> serving_{false};
    bool stopped_ = false;
    bool all_ended_ = true;
};

}  // namespace host::app
