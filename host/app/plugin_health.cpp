#include "host/app/plugin_health.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "host/plugin/deadline.hpp"

namespace host::app {

namespace {

constexpr std::chrono::milliseconds answer_limit{5'000};

// The thread that asks keeps the generation's plugins for as long as they do not answer.
plugin::Health ask(const plugin::Generation& generation, const std::string& id) {
    const auto pin = generation.pin();
    if (!pin) return {plugin::Health::Level::Failed, "it is ending"};
    const auto health = std::make_shared<plugin::Health>();
    const auto outcome =
        plugin::run_with_deadline("health:" + id, answer_limit, [pin, id, health] { *health = pin->health(id); });
    if (outcome == plugin::Outcome::Finished) return *health;
    return {plugin::Health::Level::Failed, "health() did not answer within " + std::to_string(answer_limit.count()) + " ms"};
}

bool has_failed(const plugin::Health& health) {
    return health.level == plugin::Health::Level::Failed;
}

}  // namespace

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
