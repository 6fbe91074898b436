#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/detail/async_call.hpp>
#include <gantry/host.hpp>
#include <gantry/request.hpp>
#include <gantry/services/serve.hpp>

namespace gantry {

// What a provider answered.
class ServiceAnswer {
  public:
    explicit ServiceAnswer(std::string body) : body_(std::move(body)) {}
    const std::string& body() const { return body_; }
    Json json() const { return Json::parse(body_); }

  private:
    std::string body_;
};

// Ends calls that were made with it, from any thread; they throw Error (Cancelled). A handle, cheap to copy.
class ServiceCancel {
  public:
    void cancel() const {
        GANTRY_DETAIL_USE(GANTRY_SERVICES, gantry_services, cancel);
        const std::lock_guard lock(state_->mutex);
        state_->asked = true;
        for (const gantry_id call : std::exchange(state_->calls, {}))
            state_->services->cancel(state_->host, call);
    }

  private:
    friend class CallService;
    struct State {
        std::mutex mutex;
        bool asked = false;
        std::vector<gantry_id> calls;
        const gantry_services* services = nullptr;
        const gantry_host* host = nullptr;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

// A call on its way. Throws Error: what the provider threw, or the host's: Unavailable (nobody provides it now;
// retryable()), Timeout, Unsupported (no such method), Busy, Limit, Cancelled, and Denied if the manifest does not list the
// service.
class [[nodiscard]] CallService : public detail::AsyncCall<CallService, ServiceAnswer> {
  public:
    CallService(detail::Context& context, const gantry_services* services, std::string_view service, std::string_view method,
                std::string argument)
        : AsyncCall(context), services_(services), service_(service), method_(method), argument_(std::move(argument)) {
        request_.struct_size = sizeof request_;
    }

    CallService deadline(std::chrono::milliseconds time) && {
        // 0 would be the administrator's.
        constexpr std::chrono::milliseconds::rep longest = UINT32_MAX;
        request_.deadline_ms = static_cast<std::uint32_t>(std::clamp(time.count(), decltype(longest){1}, longest));
        return std::move(*this);
    }
    // Who asked, the id of the request and its deadline come along.
    CallService on_behalf_of(const Request& request) && {
        return request_.context = request.exchange().id, std::move(*this);
    }
    CallService on_behalf_of(const ServiceCall& call) && { return request_.context = call.id(), std::move(*this); }
    CallService cancelled_by(const ServiceCancel& cancel) && { return cancel_ = cancel.state_, std::move(*this); }

    static const char* name() { return "the host did not take the call"; }

  private:
    friend AsyncCall;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_SERVICES, gantry_services, call);
        request_.service = str(service_);
        request_.method = str(method_);
        request_.argument = {argument_.data(), argument_.size()};
        if (!cancel_) return services_->call(context().host, &request_, done, this, nullptr);
        // Once the host has taken it, this object may be gone.
        const std::shared_ptr<ServiceCancel::State> state = cancel_;
        const std::lock_guard lock(state->mutex);
        if (state->asked) return GANTRY_E_CANCELLED;
        state->services = services_;
        state->host = context().host;
        gantry_id id = 0;
        const gantry_status status = services_->call(context().host, &request_, done, this, &id);
        if (status >= 0) state->calls.push_back(id);
        return status;
    }
    static void done(void* user, gantry_status status, gantry_bytes result, const gantry_error* error) noexcept {
        static_cast<CallService*>(user)->complete(status, error, [&] { return ServiceAnswer(std::string(view(result))); });
    }

    const gantry_services* services_;
    std::shared_ptr<ServiceCancel::State> cancel_;
    gantry_service_request request_{};
    std::string service_;
    std::string method_;
    std::string argument_;
};

// What plugins offer to each other:
//
//     services_.provide("notes.search/1", *this, gantry::method("find", &Plugin::find));        // in the constructor
//
//     const gantry::ServiceAnswer found =
//         co_await services_.call("notes.search/1", "find", wanted).on_behalf_of(request);
//
// A handle, cheap to copy.
class Services {
  public:
    // Throws Error if the host has no services for this plugin.
    explicit Services(Host host)
        : context_(&host.context()), services_(detail::service<gantry_services>(host.context().host, GANTRY_SERVICES)) {}

    // `name` begins with this plugin's id. Each handler is a member function of `owner` that takes a const ServiceCall& and
    // returns void, std::string or Json, and may block; or a coroutine that returns a Task of one of them. It throws Error
    // to fail, which the caller gets. `owner` lives as long as the plugin. In the plugin's constructor only.
    template <typename Owner, typename... Handlers>
    void provide(std::string_view name, Owner& owner, ServiceMethod<Handlers>... methods) const {
        GANTRY_DETAIL_USE(GANTRY_SERVICES, gantry_services, provide);
        static_assert(sizeof...(Handlers) > 0, "a service has a method at least");
        using Binding = detail::ServiceBinding<Owner, Handlers...>;
        const auto binding = std::shared_ptr<Binding>(
            new Binding{*context_, services_, owner, {std::pair(std::string(methods.name), methods.handler)...}});
        context_->bindings.push_back(binding);
        const gantry_str names[] = {str(methods.name)...};
        gantry_service declared{};
        declared.struct_size = sizeof declared;
        declared.methods_n = sizeof...(Handlers);
        declared.name = str(name);
        declared.methods = names;
        declared.handler = detail::serve_service<Owner, Handlers...>;
        declared.user = binding.get();
        gantry_error error = detail::empty_error();
        const gantry_status status = services_->provide(context_->host, &declared, &error);
        if (status >= 0) return;
        const std::string reason = error.message[0] != '\0' ? error.message : "status " + std::to_string(status);
        throw Error(static_cast<Status>(status), "service " + std::string(name) + ": " + reason);
    }

    // The manifest of this plugin lists `service`.
    CallService call(std::string_view service, std::string_view method, std::string_view argument = {}) const {
        return CallService(*context_, services_, service, method, std::string(argument));
    }
    template <std::same_as<Json> Argument>
    CallService call(std::string_view service, std::string_view method, const Argument& argument) const {
        return CallService(*context_, services_, service, method, argument.dump());
    }

  private:
    detail::Context* context_;
    const gantry_services* services_;
};

}  // namespace gantry
