#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/plugin/environment.hpp"
#include "host/plugin/generation.hpp"
#include "host/plugin/status.hpp"

namespace host::plugin {

// Finds, verifies and runs the plugins of this host: the first generation, and each that takes its place. prepare(),
// start(), adopt() and stop() are called by one thread at a time; the rest by any.
class Manager {
  public:
    explicit Manager(Plan first);
    // Stops if nobody did.
    ~Manager();

    // Everything short of creating an instance: files, hashes, ABI, needs, order, symbols, settings. The problems of plugins
    // that must not fail, a line each; none: start() may follow. Before anything is begun that would have to be undone.
    std::vector<std::string> prepare();
    // Brings up the first generation. Throws core::Error with a line for each plugin that must not fail and did; then
    // nothing of any plugin is left.
    void start();
    void stop();

    // A generation beside the one that serves, neither mapped nor started: what becomes of it is the caller's affair.
    std::shared_ptr<Generation> build(Plan plan);
    // Makes `next` the current one and returns the former, which goes on until somebody stops it.
    std::shared_ptr<Generation> adopt(std::shared_ptr<Generation> next);

    // A pin of the generation that serves; null before start() and from the beginning of stop().
    std::shared_ptr<const Generation> current() const;

    // Everything that start() would find short of creating an instance: files, hashes, ABI, needs, order, symbols,
    // settings. A line for each problem. Maps the plugins, and so runs their constructors, and unmaps them again.
    std::vector<std::string> check() const;

    // Enabled plugins in load order, then those that lie in the directories without being enabled.
    std::vector<Status> list() const;
    // Failures of the present generation, also those that the host lives with.
    std::vector<Failure> failures() const;

  private:
    std::shared_ptr<Generation> serving() const;

    const Plan first_;
    std::atomic<std::uint64_t> built_{0};
    std::shared_ptr<Generation> prepared_;  // mapped, waiting for start()
    core::Locked<std::shared_ptr<Generation>> generation_;
};

}  // namespace host::plugin
