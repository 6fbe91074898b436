#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gantry/json.hpp>

#include "host/http/route.hpp"

namespace host::admin {

// What a change of the plugins came to.
struct Change {
    std::uint64_t generation = 0;             // serves now
    std::vector<std::string> problems;        // why the change was not made; empty: it was
    std::vector<std::string> restart_needed;  // settings that take effect at the next start
};

// What the host's API does with plugins. Any blocking thread, many at once. Each throws NotFound for an id that is neither
// enabled nor found in the directories.
class Plugins {
  public:
    virtual ~Plugins() = default;
    virtual std::vector<gantry::Json> list() = 0;
    virtual gantry::Json details(const std::string& id) = 0;
    // {"settings":{},"schema":{}}; secrets are "***".
    virtual gantry::Json config(const std::string& id) = 0;
    virtual gantry::Json health(const std::string& id) = 0;
    // What is wrong with its file, decided on its bytes; empty: nothing.
    virtual std::vector<std::string> verify(const std::string& id) = 0;

    // This and the following: one at a time, Conflict for whoever comes meanwhile.
    virtual Change reload() = 0;
    // Remembered over restarts. A change that is refused is forgotten again.
    virtual Change set_enabled(const std::string& id, bool enabled) = 0;
    virtual Change set_config(const std::string& id, const gantry::Json& settings) = 0;
};

struct LogSource {
    // The youngest lines of an owner, at most `lines_max`, the oldest first.
    std::function<std::vector<std::string>(const std::string& owner, std::size_t lines_max)> recent;
    // "trace" to "error"; throws InvalidArgument for another word.
    std::function<void(const std::string& owner, const std::string& level)> set_level;
};

// The metrics that a plugin has made, as Prometheus reads them.
struct MetricsSource {
    std::string content_type;
    std::function<std::string(const std::string& plugin)> text_of;
};

// /api/v1/plugins and below. `plugins` outlives the routes; null, where they are only declared.
std::vector<http::Route> plugin_routes(Plugins* plugins, LogSource log, MetricsSource metrics);

}  // namespace host::admin
