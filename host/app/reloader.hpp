#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/app/generation_routes.hpp"
#include "host/app/plugin_environment.hpp"
#include "host/core/locked.hpp"
#include "host/http/pipeline.hpp"
#include "host/log/logger.hpp"
#include "host/plugin/manager.hpp"

namespace host::app {

// What a reload came to.
struct ReloadOutcome {
    bool swapped = false;                     // a new generation serves
    std::uint64_t generation = 0;             // the one that serves
    std::vector<std::string> problems;        // why none was swapped in, a line each
    std::vector<std::string> restart_needed;  // settings that changed and take effect at the next start
    std::int64_t finished_us = 0;             // wall clock
};

// Puts the next generation in the place of the one that serves, without a request lost: builds it beside the old one,
// asks its plugins how they are, swaps one pointer, watches it for a while, then drains and ends the old one. Whatever
// goes wrong before the swap leaves the old one untouched; a plugin that falls ill while it is watched brings it back.
class Reloader {
  public:
    struct Parts {
        // The configuration as it is written now; throws with everything that is wrong.
        std::function<config::Config()> read_config;
        // Reads anew what belongs to no generation: certificates. Throws core::Error; then the former ones stay.
        std::function<void()> refresh;
        std::function<std::shared_ptr<PluginHosting>(config::Config)> make_hosting;
        HostRoutes host_routes;
        RouteCounters counters;
        plugin::Manager& plugins;
        http::Pipeline& pipeline;
    };
    // `serving` is what the first generation was made from.
    Reloader(Parts parts, std::shared_ptr<PluginHosting> serving, log::Logger logger);
    // Stops.
    ~Reloader();

    using Done = std::function<void(const ReloadOutcome&)>;
    // What is written down for one reload and belongs to it. Both on the reloader's thread, so that no other reload meets a
    // change that is still on trial; both may throw.
    struct Edit {
        std::function<void()> make;       // before the configuration is read
        std::function<void()> take_back;  // the reload was refused, or its generation was given up while it was watched
    };
    // Asks for a reload. `done` is called on the reloader's thread once the new generation serves or it is clear why not.
    // Reloads run one after the other; false: the host is stopping, and `done` is not called. Any thread.
    bool request(Done done, Edit edit = {});
    // What the generation that serves was made from. Any thread.
    std::shared_ptr<PluginHosting> serving() const;
    // What the last one came to, a rollback included.
    std::optional<ReloadOutcome> last() const;
    // Waits for a reload under way; one generation is left. What still waits is told that the host stops. [control]
    void stop();

  private:
    struct Request {
        Done done;
        Edit edit;
    };
    struct Swap;

    void run();
    void reload(const Request& request);
    Swap swap(ReloadOutcome& outcome);
    std::string fault_while_watched(const Swap& swap);
    void take_effect(const std::shared_ptr<PluginHosting>& hosting);
    void roll_back(const Swap& swap, const std::string& fault);
    void take_back(const Edit& edit) const;
    void conclude(ReloadOutcome outcome, const Done& done);
    bool pause(std::chrono::milliseconds time);

    const Parts parts_;
    const log::Logger log_;
    core::Locked<std::shared_ptr<PluginHosting>> serving_;
    core::Locked<std::optional<ReloadOutcome>> last_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Request> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace host::app
