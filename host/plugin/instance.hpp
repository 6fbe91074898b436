#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gantry/abi/plugin.h>

#include "host/core/error.hpp"
#include "host/core/locked.hpp"
#include "host/plugin/environment.hpp"
#include "host/plugin/library.hpp"
#include "host/plugin/state.hpp"
#include "host/plugin/thread_census.hpp"

namespace host::plugin {

struct Health {
    enum class Level { Ok, Degraded, Failed };
    Level level = Level::Ok;
    std::string detail;
};

struct Limits {
    std::chrono::milliseconds start;  // for create(), configure(), start(): each
    std::chrono::milliseconds stop;   // for stop(), destroy(): each
    bool unload;                      // false: the code stays mapped after the end
};

// One plugin from its file to its end. The steps are called by one thread at a time, in the order declared, each at most
// once. A step that fails throws core::Error that names the file, and the instance is then Failed: stop(), destroy(),
// unmap() tidy up from any state. Every call into the plugin runs on a [control] thread of its own, with a deadline.
//
// Owned by shared_ptr (make_shared), because a call that never returns keeps its instance for ever: see abandon().
class Instance : public std::enable_shared_from_this<Instance> {
  public:
    Instance(Verified plugin, std::shared_ptr<const Environment> environment, Limits limits);
    // An instance that was created but not destroyed leaves its code mapped.
    ~Instance();

    void map();    // code into memory, cross-check, describe()
    void check();  // settings against the description
    void create();
    void configure();
    void start();  // before_start(), then the plugin's
    void serve();  // no call: it serves from now on

    // False: some work is left, which the end cuts off.
    bool quiesce(std::chrono::steady_clock::time_point deadline);
    // The end, from whatever state; what goes wrong is logged, an end cannot fail. stop() includes the revocation of the
    // ledger and the look for threads that were left behind.
    void stop();
    void destroy();
    void unmap();
    // Something still runs in its code and cannot be ended: it is neither called nor unmapped nor freed any more, its
    // registrations are revoked. The price is memory until the process ends; the alternative would be a crash.
    void abandon(const std::string& reason);

    // The queries may be asked by any thread.
    const Verified& plugin() const { return plugin_; }
    const std::string& id() const { return plugin_.wanted.id; }
    State state() const;
    // Why it is Failed, or what is wrong although it runs; empty: nothing.
    std::string problem() const;
    std::vector<Ledger::Entry> registrations() const;
    // Asks the plugin; the caller holds a pin of the generation. [blocking]
    Health health() const;

  private:
    struct Standing {
        State state = State::Verified;
        std::string problem;
        bool abandoned = false;
        std::shared_ptr<HostSide> side;
    };

    void step(State reached, const std::function<void()>& work);
    void call(std::string function, std::chrono::milliseconds limit, std::function<void()> work);
    void require_members() const;
    void last_call(const std::string& function, const std::function<void()>& work);
    void revoke();
    void fail(const std::string& reason);
    void reach(State state);
    void note(const std::string& problem);
    bool abandoned() const;
    std::shared_ptr<HostSide> side() const;
    core::Error named(const core::Error& error) const;

    Verified plugin_;
    const std::shared_ptr<const Environment> environment_;
    const Limits limits_;
    core::Locked<Standing> standing_;
    ThreadCensus census_;
    std::string description_;
    std::optional<Library> library_;
    gantry_plugin* object_ = nullptr;  // lives in library_
    bool start_called_ = false;
};

}  // namespace host::plugin
