#include "host/app/reloader.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "host/app/plugin_health.hpp"
#include "host/core/clock.hpp"
#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"

namespace host::app {

namespace {

constexpr std::chrono::milliseconds watch_pause{250};

std::vector<std::string> lines_of(const std::exception& error) {
    if (const auto* errors = dynamic_cast<const config::ConfigErrors*>(&error)) return errors->lines();
    return {error.what()};
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : "; ") + line;
    return text;
}

// What takes effect with the next generation; everything else is fixed when the process starts.
bool takes_effect(const std::string& setting) {
    return setting.starts_with("plugin_") || setting.starts_with("openapi.") || setting.starts_with("log.level") ||
           setting.starts_with("rate_limits.") || setting == "migrations" || setting == "reload_watch";
}

std::vector<std::string> restart_needed_for(const config::Config& before, const config::Config& after) {
    std::vector<std::string> changed = config::changed_settings(before, after);
    std::erase_if(changed, takes_effect);
    return changed;
}

}  // namespace

// The two generations around one swap.
struct Reloader::Swap {
    std::shared_ptr<PluginHosting> hosting;
    std::shared_ptr<PluginHosting> former_hosting;
    std::shared_ptr<plugin::Generation> generation;
    std::shared_ptr<plugin::Generation> former;
    std::shared_ptr<const http::RouteTable> former_table;
};

Reloader::Reloader(Parts parts, std::shared_ptr<PluginHosting> serving, log::Logger logger)
    : parts_(std::move(parts)), log_(std::move(logger)), serving_(std::move(serving)), thread_([this] { run(); }) {}

Reloader::~Reloader() {
    stop();
}

bool Reloader::request(Done done, Edit edit) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    waiting_.push_back({std::move(done), std::move(edit)});
    changed_.notify_all();
    return true;
}

std::optional<ReloadOutcome> Reloader::last() const {
    return last_.with([](const auto& outcome) { return outcome; });
}

std::shared_ptr<PluginHosting> Reloader::serving() const {
    return serving_.with([](const auto& serving) { return serving; });
}

void Reloader::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Reloader::run() {
    core::set_thread_kind(core::ThreadKind::Control);
    for (;;) {
        Request request;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            request = std::move(waiting_.front());
            waiting_.pop_front();
            if (stopping_) {
                lock.unlock();
                ReloadOutcome refused;
                refused.problems = {"the host is stopping"};
                request.done(refused);
                continue;
            }
        }
        reload(request);
    }
}

void Reloader::reload(const Request& request) {
    ReloadOutcome outcome;
    Swap swapped;
    try {
        if (request.edit.make) request.edit.make();
        swapped = swap(outcome);
    } catch (const std::exception& error) {
        // Nobody above would catch it: whatever a disk or a plugin throws refuses this reload and no more.
        take_back(request.edit);
        outcome.problems = lines_of(error);
        log_.error("reload refused, the running generation serves on", {{"problems", joined(outcome.problems)}});
        return conclude(std::move(outcome), request.done);
    }
    log_.info("reloaded", {{"generation", outcome.generation}, {"restart_needed", joined(outcome.restart_needed)}});
    conclude(std::move(outcome), request.done);
    if (const std::string fault = fault_while_watched(swapped); !fault.empty()) {
        take_back(request.edit);
        return roll_back(swapped, fault);
    }
    swapped.former_table = nullptr;
    swapped.former->stop();
}

Reloader::Swap Reloader::swap(ReloadOutcome& outcome) {
    Swap swap;
    parts_.refresh();
    swap.former_hosting = serving();
    swap.hosting = parts_.make_hosting(parts_.read_config());
    outcome.restart_needed = restart_needed_for(swap.former_hosting->config, swap.hosting->config);
    swap.generation = parts_.plugins.build(plan_for(swap.hosting));
    swap.generation->map();
    if (const std::string reasons = swap.generation->reasons_to_refuse(); !reasons.empty())
        throw core::Error(core::Code::InvalidArgument, reasons);
    swap.generation->start();
    if (const std::string fault = fault_of(*swap.generation, parts_.plugins); !fault.empty())
        throw core::Error(core::Code::Unavailable, fault);
    const auto table = route_table_of(*swap.hosting, *swap.generation, parts_.host_routes, parts_.counters);
    swap.former_table = parts_.pipeline.table();
    swap.generation->serve();
    parts_.pipeline.publish(table);
    swap.former = parts_.plugins.adopt(swap.generation);
    take_effect(swap.hosting);
    outcome.swapped = true;
    outcome.generation = swap.generation->number();
    return swap;
}

void Reloader::take_effect(const std::shared_ptr<PluginHosting>& hosting) {
    log::set_levels(*hosting->sink, hosting->config.log.level, hosting->config.log.levels);
    serving_.with([&](auto& serving) { serving = hosting; });
}

// Empty: nothing is wrong with it.
std::string Reloader::fault_while_watched(const Swap& swap) {
    const auto end = core::Monotonic::now() + swap.hosting->config.reload_watch;
    for (auto now = core::Monotonic::now(); now < end; now = core::Monotonic::now()) {
        // Not longer than it is watched: the former generation holds its memory and threads until then.
        if (!pause(std::min(watch_pause, std::chrono::ceil<std::chrono::milliseconds>(end - now)))) break;
        std::string fault = fault_of(*swap.generation, *swap.former);
        if (!fault.empty()) return fault;
    }
    return {};
}

void Reloader::roll_back(const Swap& swap, const std::string& fault) {
    swap.former->serve();
    parts_.pipeline.publish(swap.former_table);
    parts_.plugins.adopt(swap.former);
    take_effect(swap.former_hosting);
    log_.error("rolled back to the former generation",
               {{"generation", swap.former->number()}, {"given_up", swap.generation->number()}, {"fault", fault}});
    ReloadOutcome outcome;
    outcome.generation = swap.former->number();
    outcome.problems = {"rolled back: " + fault};
    conclude(std::move(outcome), [](const auto&) {});
    swap.generation->stop();
}

// What cannot be taken back is left for the administrator, who has to know.
void Reloader::take_back(const Edit& edit) const {
    if (!edit.take_back) return;
    try {
        edit.take_back();
    } catch (const std::exception& error) {
        log_.error("what was written down for the reload stays, although it does not serve", {{"reason", error.what()}});
    }
}

void Reloader::conclude(ReloadOutcome outcome, const Done& done) {
    outcome.finished_us = core::wall_us();
    if (!outcome.swapped && outcome.generation == 0) {
        if (const auto current = parts_.plugins.current()) outcome.generation = current->number();
    }
    last_.with([&](auto& last) { last = outcome; });
    done(outcome);
}

// False: the host is stopping.
bool Reloader::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return stopping_; });
}

}  // namespace host::app
