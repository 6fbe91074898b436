#pragma once

// From the host's call to the plugin's member function that answers it, and back.

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <gantry/detail/shown_failure.hpp>
#include <gantry/services/call.hpp>
#include <gantry/task.hpp>

namespace gantry {

// A method of a service and the member function that does it.
template <typename Handler>
struct ServiceMethod {
    std::string_view name;
    Handler handler;
};

template <typename Handler>
ServiceMethod<Handler> method(std::string_view name, Handler handler) {
    return {name, handler};
}

namespace detail {

// One service of one instance; `user` of its gantry_service. Lives until destroy().
template <typename Owner, typename... Handlers>
struct ServiceBinding {
    Context& context;
    const gantry_services* services;
    Owner& owner;
    std::tuple<std::pair<std::string, Handlers>...> methods;
};

// Where an answer goes.
struct ServiceReply {
    const Context& context;
    const gantry_services* services;
    gantry_id call;

    void answer(const std::string& result) const {
        GANTRY_DETAIL_USE(GANTRY_SERVICES, gantry_services, respond);
        const gantry_slice borrowed = {result.data(), result.size(), nullptr, nullptr};
        // Refused: nobody waits any more, or the caller has been told that it is too large.
        const gantry_status status = services->respond(context.host, call, GANTRY_OK, borrowed, nullptr);
        if (status == GANTRY_E_LIMIT) log_error(context, "an answer to another plugin is too large", "");
    }
    // Must be called inside a catch block.
    void answer_exception() const noexcept {
        GANTRY_DETAIL_USE(GANTRY_SERVICES, gantry_services, respond);
        std::string details;
        const gantry_error error = shown_failure(context, details);
        const gantry_status status = error.status < 0 ? error.status : GANTRY_E_INTERNAL;
        (void)services->respond(context.host, call, status, gantry_slice{}, &error);
    }
};

inline std::string service_text(std::string&& text) {
    return std::move(text);
}
inline std::string service_text(const Json& json) {
    return json.dump();
}

template <typename T>
struct TaskOf {
    static constexpr bool is_task = false;
    using Value = T;
};
template <typename T>
struct TaskOf<Task<T>> {
    static constexpr bool is_task = true;
    using Value = T;
};

template <typename Owner, typename Handler>
Detached serve_call_later(Context& context, ServiceReply reply, Owner& owner, Handler handler, ServiceCall given) {
    const OpenScope open(context.open);
    const ServiceCall call = std::move(given);
    try {
        using Value = typename TaskOf<std::invoke_result_t<Handler, Owner&, const ServiceCall&>>::Value;
        if constexpr (std::is_same_v<Value, void>) {
            co_await (owner.*handler)(call);
            reply.answer(std::string());
        } else {
            Value value = co_await (owner.*handler)(call);
            reply.answer(service_text(std::move(value)));
        }
    } catch (...) {
        reply.answer_exception();
    }
}

template <typename Owner, typename Handler>
void serve_call(Context& context, ServiceReply reply, Owner& owner, Handler handler, ServiceCall call) {
    using Result = std::invoke_result_t<Handler, Owner&, const ServiceCall&>;
    using Value = typename TaskOf<Result>::Value;
    static_assert(std::is_same_v<Value, void> || std::is_same_v<Value, std::string> || std::is_same_v<Value, Json>,
                  "a method of a service returns void, std::string or gantry::Json, or a gantry::Task of one of them");
    if constexpr (TaskOf<Result>::is_task) {
        serve_call_later(context, reply, owner, handler, std::move(call));
    } else {
        const OpenScope open(context.open);
        try {
            if constexpr (std::is_same_v<Value, void>) {
                (owner.*handler)(call);
                reply.answer(std::string());
            } else {
                reply.answer(service_text((owner.*handler)(call)));
            }
        } catch (...) {
            reply.answer_exception();
        }
    }
}

// The gantry_service_handler of a service. The host lets only declared methods through.
template <typename Owner, typename... Handlers>
void serve_service(void* user, gantry_id id, const gantry_service_call* view) noexcept {
    const auto& binding = *static_cast<const ServiceBinding<Owner, Handlers...>*>(user);
    const ServiceReply reply{binding.context, binding.services, id};
    try {
        const std::string_view wanted = gantry::view(view->method);
        const auto serve_if = [&](const auto& method) {
            if (method.first != wanted) return false;
            serve_call(binding.context, reply, binding.owner, method.second,
                       ServiceCall(binding.context, binding.services, id, *view));
            return true;
        };
        const bool served = std::apply([&](const auto&... methods) { return (serve_if(methods) || ...); }, binding.methods);
        if (!served) throw Error(Status::Unsupported, "there is no method " + std::string(wanted));
    } catch (...) {
        reply.answer_exception();
    }
}

}  // namespace detail

}  // namespace gantry
