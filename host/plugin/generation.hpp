#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/core/locked.hpp"
#include "host/plugin/drain.hpp"
#include "host/plugin/environment.hpp"
#include "host/plugin/inspection.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/status.hpp"

namespace host::plugin {

// The plugin instances that serve together, in load order. Two generations can exist side by side: each has instances and
// mappings of its own. map(), start(), serve() and stop() are called by one thread at a time; everything else by any.
class Generation {
  public:
    // Verifies every plugin of the plan on its bytes; maps none.
    Generation(std::uint64_t number, Plan plan);
    // Stops it if nobody did.
    ~Generation();

    // Maps every plugin and checks its settings; creates none. Failures are collected, see failures().
    void map();
    // Starts them in order. A plugin whose requirement failed fails likewise. When a plugin that must not fail does, all
    // are ended in reverse order and core::Error names every reason known.
    void start();
    // From now on what the plugins registered is in effect. Again when the generation serves once more, after its successor
    // was rolled back.
    void serve();
    // Quiesce in reverse order, wait for the pins until the drain deadline, stop and destroy in reverse order, unmap last.
    // Whoever still holds a pin after that keeps its plugins in memory: they are given up, not pulled from under it.
    void stop();

    // Whoever calls into a plugin holds a pin from before the call until after it. Null: this generation is ending.
    std::shared_ptr<const Generation> pin() const { return drain_.pin(); }

    std::uint64_t number() const { return number_; }
    const Plan& plan() const { return plan_; }
    // The reasons, a line each, why start() would refuse; empty: it may be called. After map().
    std::string reasons_to_refuse() const;
    // Plugins that do not serve. Of those with OnFailure::Closed the app answers the routes with 503.
    std::vector<Failure> failures() const;
    std::vector<Status> list() const;
    // Asks the plugin of that id; the caller holds a pin. Failed, if there is none that serves. [blocking]
    Health health(const std::string& id) const;

  private:
    bool start_one(Instance& instance);
    std::string failed_requirement(const Instance& instance) const;
    void fail(const Instance& instance, const std::string& reason);
    void report_passed_over() const;
    void report_failures() const;
    bool has_failed(const std::string& id) const;
    void refuse_if_required();
    void in_reverse(const std::function<void(Instance&)>& act);
    void end_all();

    const std::uint64_t number_;
    const Plan plan_;
    core::Locked<std::vector<Failure>> failures_;
    std::vector<std::shared_ptr<Instance>> instances_;
    Drain drain_{this};
    bool ended_ = false;
};

}  // namespace host::plugin
