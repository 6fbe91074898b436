#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/core/locked.hpp"
#include "host/http/route.hpp"
#include "host/http/route_limit.hpp"
#include "host/kv/kv.hpp"
#include "host/limits/settings.hpp"
#include "host/log/logger.hpp"

namespace host::limits {

// What became of the requests that a rule has counted, since the start.
struct RuleCounts {
    std::string rule;
    std::uint64_t within = 0;
    std::uint64_t exceeded = 0;
    std::uint64_t uncounted = 0;  // passed although the store was away
    std::uint64_t unknown = 0;    // refused because it was
};

// How often routes may be called. Windows are in the kv room's store, so that hosts that share it share them.
class Limits {
  public:
    // `kv` outlives it; null where routes are only described.
    Limits(kv::Kv* kv, log::Logger logger);
    Limits(const Limits&) = delete;
    Limits& operator=(const Limits&) = delete;

    // What limits a route: the rules that name it, and what it declares itself unless a rule has the name of that. Null:
    // nothing does. Throws InvalidArgument for trusted proxies that are none.
    std::shared_ptr<http::RouteLimit> limit_for(const http::Route& route, const Settings& settings);
    // Waits for the questions that are open; those that come are answered as while the store is away. Before the kv room
    // stops. [control]
    void stop();
    std::vector<RuleCounts> counts() const;

  private:
    class OfRoute;
    struct Tally {
        std::atomic<std::uint64_t> within{0}, exceeded{0}, uncounted{0}, unknown{0};
    };
    std::shared_ptr<Tally> tally_of(const std::string& rule);

    const log::Logger logger_;
    const std::shared_ptr<kv::Client> client_;
    // By name, over all generations: a counter that a reload sets back is none.
    core::Locked<std::map<std::string, std::shared_ptr<Tally>>> tallies_;
};

}  // namespace host::limits
