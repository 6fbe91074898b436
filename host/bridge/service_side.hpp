#pragma once

#include <functional>
#include <string>

namespace host::bridge {

// What a service is to one plugin instance beyond its functions: the stations of the instance's life. Called on the
// control thread, in this order.
class ServiceSide {
  public:
    virtual ~ServiceSide() = default;

    // start() has returned: registrations are closed.
    virtual void freeze() {}
    // The instance serves from now on: what it registered takes effect, in the place of what the instance of the former
    // generation had registered under the same name. May come again after an instance that took over was rolled back.
    virtual void activate() {}
    // The instance is about to be silenced: what could only be completed after its turn is refused from now on, as
    // Cancelled. Of all services, before the first is silenced, for a callback of one may ask for another.
    virtual void refuse_more() {}
    // Ends what the plugin has open; its completions and callbacks have been delivered when this returns. The gate is
    // still open.
    virtual void silence() {}
};

// Notes in the instance's ledger what a service registered for it: "job", "nightly", and how to take it back. The revoke
// runs once, after stop(), whatever the plugin forgot. Any thread.
using Record = std::function<void(std::string kind, std::string description, std::function<void()> revoke)>;

}  // namespace host::bridge
