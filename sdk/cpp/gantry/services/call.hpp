#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <gantry/abi/services.h>
#include <gantry/detail/context.hpp>
#include <gantry/json.hpp>
#include <gantry/text.hpp>

namespace gantry {

// A call in the plugin that answers it. Owns its texts, so that a coroutine may keep it.
class ServiceCall {
  public:
    ServiceCall(detail::Context& context, const gantry_services* services, gantry_id id, const gantry_service_call& view)
        : context_(&context),
          services_(services),
          id_(id),
          depth_(view.depth),
          deadline_ns_(view.deadline_ns),
          method_(gantry::view(view.method)),
          argument_(gantry::view(view.argument)),
          caller_(gantry::view(view.caller)),
          principal_(gantry::view(view.principal)),
          request_id_(gantry::view(view.request_id)),
          traceparent_(gantry::view(view.traceparent)) {}

    const std::string& method() const { return method_; }
    const std::string& argument() const { return argument_; }
    // Throws Error (Invalid) for what is no JSON.
    Json json() const {
        try {
            return Json::parse(argument_);
        } catch (const JsonError& failure) {
            throw Error(Status::Invalid, std::string("the argument is not JSON: ") + failure.what()).where("argument");
        }
    }
    // The plugin that calls; the host vouches for it.
    const std::string& caller() const { return caller_; }
    // Of the request on whose behalf it calls, as Request's; empty: of none.
    const std::string& principal() const { return principal_; }
    const std::string& request_id() const { return request_id_; }
    const std::string& traceparent() const { return traceparent_; }
    // 1; more for calls on behalf of calls.
    std::uint32_t depth() const { return depth_; }
    // On the clock of Host::monotonic(); then nobody waits any more.
    std::chrono::nanoseconds deadline() const { return std::chrono::nanoseconds(static_cast<std::int64_t>(deadline_ns_)); }
    // False: nobody waits for the answer any more. For work that takes long.
    bool wanted() const {
        GANTRY_DETAIL_USE(GANTRY_SERVICES, gantry_services, wanted);
        return services_->wanted(context_->host, id_) >= 0;
    }

    // For the SDK's own use.
    gantry_id id() const { return id_; }

  private:
    detail::Context* context_;
    const gantry_services* services_;
    gantry_id id_;
    std::uint32_t depth_;
    std::uint64_t deadline_ns_;
    std::string method_;
    std::string argument_;
    std::string caller_;
    std::string principal_;
    std::string request_id_;
    std::string traceparent_;
};

}  // namespace gantry
