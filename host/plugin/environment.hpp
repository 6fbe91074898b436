#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <gantry/abi/config.h>

#include "host/log/logger.hpp"
#include "host/plugin/ledger.hpp"
#include "host/plugin/settings.hpp"
#include "host/plugin/verify.hpp"

namespace host::plugin {

// The host as one instance sees it; made by the bridge.
class HostSide {
  public:
    virtual ~HostSide() = default;
    // Valid until this object is destroyed, which happens after the plugin's destroy() has returned.
    virtual const gantry_host* host() = 0;
    // Where the host's services record what the instance registers.
    virtual Ledger& ledger() = 0;
    // start() has returned without failure: registrations are closed. [control]
    virtual void started() {}
    // The generation serves from now on: what the instance registered takes effect. Again when the generation serves once
    // more, after its successor was rolled back. [control]
    virtual void activate() {}
    // Ends everything that the plugin has open with the host, delivers the callbacks of that, and makes no further call
    // into it. False: code of the plugin still runs inside a call of the host's when the deadline passes. Once, before
    // stop(). [control]
    virtual bool silence(std::chrono::steady_clock::time_point deadline) = 0;
    // The plugin's stop() has returned, or the plugin is given up: from now on every call of it is answered
    // GANTRY_E_GONE and it is not called any more. Called once, before the ledger is revoked. [control]
    virtual void stopped() = 0;
};

// What this room needs from the rest of the host, put together by the app. Called on [control] threads, one at a time,
// except read_manifest: that one on any thread.
struct Environment {
    HostOffer offer;
    ManifestReader read_manifest;
    std::function<std::unique_ptr<HostSide>(const Verified&)> host_side;
    // Checks the settings of the plugin against what its describe() gave, {"config": <JSON Schema>} or "" for none. Throws
    // core::Error with everything that is wrong, a line each.
    std::function<void(const Verified&, const std::string& description)> check_settings;
    // Calls `use` once with the settings, defaults of the description filled in.
    std::function<void(const Verified&, const std::string& description,
                       const std::function<void(const gantry_config*)>& use)>
        with_settings;
    // Between configure() and start(): migrations. Throws to keep the plugin from starting.
    std::function<void(const Verified&)> before_start;
    log::Logger log;
};

// What a generation is made from.
struct Plan {
    Settings settings;
    std::shared_ptr<const Environment> environment;
};

}  // namespace host::plugin
