#pragma once

// From the host's call to the plugin's member function, and back.

#include <type_traits>

#include <gantry/abi/http_server.h>
#include <gantry/request.hpp>
#include <gantry/response.hpp>
#include <gantry/task.hpp>

namespace gantry::detail {

// One route of one instance; `user` of its gantry_route. Lives until destroy().
template <typename Owner, typename Handler>
struct Binding {
    Context& context;
    const gantry_http_server* http;
    Owner& owner;
    Handler handler;
};

// Ends a coroutine's request with what is being thrown. Must be called inside a catch block.
inline void end_with_exception(const Exchange& exchange, const Request& request) noexcept {
    StreamState* stream = request.open_stream();
    if (stream == nullptr) return answer_exception(exchange);
    // The head is out: all that is left is to cut the stream, so that the client sees that it is incomplete.
    gantry_error error = empty_error();
    const gantry_status status = describe_exception(&error);
    if (stream->ended() >= 0 && status != GANTRY_E_GONE) log_error(exchange.context, "a stream failed", error.message);
    stream->close(status);
}

// Throws if the host refuses the answer, or if the handler has sent another one already.
inline void end_with_answer(const Exchange& exchange, const Request& request, Response response) {
    if (request.open_stream() != nullptr) throw std::logic_error("a handler that streams returns gantry::Task<void>");
    answer(exchange, std::move(response));
}

// Its frame owns all that a request in flight needs: the request's views and the handler's coroutine.
template <typename Owner, typename Handler>
Detached serve_later(const Binding<Owner, Handler>& binding, gantry_id id, const gantry_request& view) {
    const OpenScope open(binding.context.open);
    const Exchange exchange{binding.context, binding.http, id};
    const Request request(exchange, view);
    try {
        using Result = std::invoke_result_t<Handler, Owner&, const Request&>;
        if constexpr (std::is_same_v<Result, Task<Response>>) {
            Response response = co_await (binding.owner.*binding.handler)(request);
            end_with_answer(exchange, request, std::move(response));
        } else {
            co_await (binding.owner.*binding.handler)(request);
            if (StreamState* stream = request.open_stream()) {
                stream->close(GANTRY_OK);
            } else {
                answer(exchange, empty());
            }
        }
    } catch (...) {
        end_with_exception(exchange, request);
    }
}

template <typename Owner, typename Handler>
gantry_status begin_serving(const Binding<Owner, Handler>& binding, gantry_id id) {
    GANTRY_DETAIL_USE(GANTRY_HTTP_SERVER, gantry_http_server, retain);
    const gantry_request* kept = nullptr;
    const gantry_status status = binding.http->retain(binding.context.host, id, &kept);
    if (status < 0) return status;
    serve_later(binding, id, *kept);
    return GANTRY_PENDING;
}

template <typename Owner, typename Handler>
gantry_status serve_now(const Binding<Owner, Handler>& binding, gantry_id id, const gantry_request& view) noexcept {
    const Exchange exchange{binding.context, binding.http, id};
    const Request request(exchange, view);
    try {
        end_with_answer(exchange, request, (binding.owner.*binding.handler)(request));
    } catch (...) {
        end_with_exception(exchange, request);
    }
    return GANTRY_OK;
}

// The gantry_handler of a route.
template <typename Owner, typename Handler>
gantry_status handle(void* user, gantry_id id, const gantry_request* view) noexcept {
    const auto& binding = *static_cast<const Binding<Owner, Handler>*>(user);
    using Result = std::invoke_result_t<Handler, Owner&, const Request&>;
    if constexpr (std::is_same_v<Result, Response>) {
        return serve_now(binding, id, *view);
    } else {
        static_assert(std::is_same_v<Result, Task<Response>> || std::is_same_v<Result, Task<void>>,
                      "a handler returns gantry::Response, gantry::Task<gantry::Response> or gantry::Task<void>");
        return guarded(nullptr, [&] { return begin_serving(binding, id); });
    }
}

}  // namespace gantry::detail
