#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/detail/stream_state.hpp>
#include <gantry/stream.hpp>

namespace gantry {

// A request as its handler sees it. Views are valid until the handler has ended, for a coroutine until its end
// or until stream() throws Gone.
class Request {
  public:
    Request(const detail::Exchange& exchange, const gantry_request& view) : exchange_(exchange), view_(view) {}
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    std::string_view method() const { return gantry::view(view_.method); }
    std::string_view path() const { return gantry::view(view_.path); }  // percent-encoded, as sent
    std::string_view peer() const { return gantry::view(view_.peer); }
    std::string_view request_id() const { return gantry::view(view_.request_id); }
    std::string_view traceparent() const { return gantry::view(view_.traceparent); }
    std::string_view principal() const { return gantry::view(view_.principal); }  // JSON, empty: anonymous
    std::string_view body() const { return gantry::view(view_.body); }

    // The path parameter of that name. A name that the pattern does not have is a mistake of the plugin.
    std::string_view param(std::string_view name) const {
        for (std::uint32_t i = 0; i < view_.params_n; ++i) {
            if (gantry::view(view_.params[i].name) == name) return gantry::view(view_.params[i].value);
        }
        throw std::logic_error("the route has no parameter " + std::string(name));
    }

    // The first header of that name, whatever its case.
    std::optional<std::string_view> header(std::string_view name) const {
        for (std::uint32_t i = 0; i < view_.headers_n; ++i) {
            if (equal_ignoring_case(gantry::view(view_.headers[i].name), name)) return gantry::view(view_.headers[i].value);
        }
        return std::nullopt;
    }

    // The first query parameter of that name, decoded. Throws Error (400) for a broken percent
    // escape and for what is not UTF-8.
    std::optional<std::string> query(std::string_view name) const {
        for (auto& [key, value] : query_params()) {
            if (key == name) return std::move(value);
        }
        return std::nullopt;
    }
    // All of them in the order sent.
    std::vector<std::pair<std::string, std::string>> query_params() const;

    // The body as JSON. Throws Error: 415 for another content type, 400 with line and column for what is no JSON.
    Json json() const;

    // On the clock of Host::monotonic(); the host answers 504 when it passes.
    std::chrono::nanoseconds deadline() const {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(view_.deadline_ns));
    }

    // Begins an answer that is sent piece by piece; the head goes out with this call. Once for a request, in a handler
    // that returns Task<void>.
    Stream stream(std::string_view content_type, std::uint32_t status = 200) const;

    // For the SDK's own use: the stream that the handler has opened, or null.
    detail::StreamState* open_stream() const { return stream_; }
    const detail::Exchange& exchange() const { return exchange_; }

  private:
    detail::Exchange exchange_;
    const gantry_request& view_;
    mutable detail::StreamState* stream_ = nullptr;
};

inline std::vector<std::pair<std::string, std::string>> Request::query_params() const {
    std::vector<std::pair<std::string, std::string>> params;
    std::string_view rest = gantry::view(view_.query);
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        if (one.empty()) continue;
        const std::size_t equals = std::min(one.find('='), one.size());
        std::optional<std::string> name = form_decode(one.substr(0, equals));
        std::optional<std::string> value = form_decode(one.substr(std::min(equals + 1, one.size())));
        if (!name || !value) throw Error(Status::Invalid, "the query string has a broken percent escape").where("query");
        if (!is_utf8(*name) || !is_utf8(*value))
            throw Error(Status::Invalid, "the query string is not UTF-8").where("query");
        params.emplace_back(std::move(*name), std::move(*value));
    }
    return params;
}

inline Json Request::json() const {
    if (const auto type = header("content-type")) {
        const std::string_view media = type->substr(0, std::min(type->find_first_of("; \t"), type->size()));
        const bool is_json = equal_ignoring_case(media, "application/json") ||
                             (media.size() > 5 && equal_ignoring_case(media.substr(media.size() - 5), "+json"));
        if (!is_json) {
            throw Error(Status::Invalid, "the body must be application/json but is " + std::string(media))
                .code("UNSUPPORTED_MEDIA_TYPE")
                .http(415)
                .where("content-type");
        }
    }
    try {
        return Json::parse(body());
    } catch (const JsonError& failure) {
        throw Error(Status::Invalid, std::string("the body is not JSON: ") + failure.what())
            .code("INVALID_JSON")
            .where("body");
    }
}

inline Stream Request::stream(std::string_view content_type, std::uint32_t status) const {
    GANTRY_DETAIL_USE(GANTRY_HTTP_SERVER, gantry_http_server, stream_close);
    if (stream_ != nullptr) throw std::logic_error("the request has a stream already");
    auto* state = new detail::StreamState(exchange_);
    const gantry_pair type = {str("content-type"), str(content_type)};
    gantry_response head{};
    head.struct_size = sizeof head;
    head.status = status;
    head.headers = &type;
    head.headers_n = 1;
    const gantry_stream_events events = {sizeof events, 0, detail::StreamState::writable, detail::StreamState::closed};
    const gantry_status opened = exchange_.http->stream_open(exchange_.context.host, exchange_.id, &head, &events, state);
    if (opened < 0) {
        state->forget();
        if (opened == GANTRY_E_GONE) throw Gone(Status::Gone);
        throw Error(static_cast<Status>(opened), "the host did not open the stream");
    }
    stream_ = state;
    return Stream(*state);
}

}  // namespace gantry
