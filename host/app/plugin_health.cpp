#include "host/app/plugin_health.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>

#include "host/core/clock.hpp"
#include "host/plugin/deadline.hpp"

namespace host::app {

namespace {

constexpr std::chrono::milliseconds answer_limit{5'000};
constexpr std::chrono::seconds answer_holds{1};

// The thread that asks keeps `answer`, and the generation's plugins, for as long as they do not answer.
plugin::Health ask(const plugin::Generation& generation, const std::string& id,
                   const std::shared_ptr<plugin::Health>& answer) {
    auto pin = generation.pin();
    if (!pin) return {plugin::Health::Level::Failed, "it is ending"};
    try {
        const auto outcome = plugin::run_with_deadline("health:" + id, answer_limit,
                                                       [pin = std::move(pin), id, answer] { *answer = pin->health(id); });
        if (outcome == plugin::Outcome::Finished) return *answer;
    } catch (const std::exception& failure) {
        // There was no thread to ask it.
        return {plugin::Health::Level::Failed, failure.what()};
    }
    return {plugin::Health::Level::Failed, "health() did not answer within " + std::to_string(answer_limit.count()) + " ms"};
}

plugin::Health ask(const plugin::Generation& generation, const std::string& id) {
    return ask(generation, id, std::make_shared<plugin::Health>());
}

bool has_failed(const plugin::Health& health) {
    return health.level == plugin::Health::Level::Failed;
}

}  // namespace

// What is known of one plugin in one generation.
struct PluginHealth::Standing {
    explicit Standing(std::uint64_t generation) : generation(generation) {}

    const std::uint64_t generation;
    std::mutex mutex;
    std::condition_variable answered;
    bool asking = false;                 // somebody waits for the plugin, with a deadline
    std::weak_ptr<plugin::Health> owed;  // not expired though nobody asks: the plugin has not answered yet
    plugin::Health last;
    core::Monotonic::time_point holds_until{};
};

std::shared_ptr<PluginHealth::Standing> PluginHealth::standing_of(const std::string& id, std::uint64_t generation) {
    return standings_.with([&](auto& standings) {
        auto& standing = standings[id];
        if (!standing || standing->generation != generation) standing = std::make_shared<Standing>(generation);
        return standing;
    });
}

plugin::Health PluginHealth::of(const std::string& id) {
    const auto generation = plugins_.current();
    if (!generation) return {plugin::Health::Level::Failed, "the host is stopping"};
    const auto standing = standing_of(id, generation->number());
    std::unique_lock lock(standing->mutex);
    standing->answered.wait(lock, [&] { return !standing->asking; });
    if (core::Monotonic::now() < standing->holds_until || !standing->owed.expired()) return standing->last;
    auto answer = std::make_shared<plugin::Health>();
    standing->owed = answer;
    standing->asking = true;
    lock.unlock();
    plugin::Health health = ask(*generation, id, answer);
    answer = nullptr;
    lock.lock();
    standing->asking = false;
    standing->last = health;
    standing->holds_until = core::Monotonic::now() + answer_holds;
    standing->answered.notify_all();
    return health;
}

std::string fault_of(const plugin::Generation& next, const plugin::Generation& former) {
    const auto before = former.list();
    for (const plugin::Status& plugin : next.list()) {
        const plugin::Health health = ask(next, plugin.id);
        if (!has_failed(health)) continue;
        const bool known = std::ranges::find(before, plugin.id, &plugin::Status::id) != before.end();
        if (known && has_failed(ask(former, plugin.id))) continue;
        const std::string reason = !plugin.problem.empty() ? plugin.problem : health.detail;
        return "plugin " + plugin.id + " " + plugin.version + " has failed: " + reason;
    }
    return {};
}

std::string fault_of(const plugin::Generation& next, const plugin::Manager& serving) {
    const auto former = serving.current();
    return former ? fault_of(next, *former) : std::string();
}

}  // namespace host::app
