#include "host/bridge/http_translation.hpp"

#include <chrono>
#include <cstring>
#include <utility>

#include <gantry/json.hpp>

#include "host/bridge/text.hpp"
#include "host/core/error.hpp"
#include "host/core/limit_name.hpp"

namespace host::bridge {

namespace {

// A plugin's text is cut at the first NUL, or at the end of its room if it forgot one.
template <std::size_t N>
std::string bounded(const char (&text)[N]) {
    return {text, strnlen(text, N)};
}

// Found out at the start of the plugin, where its author sees it, and not when somebody reads the documentation.
std::string schema_of(gantry_str text, const char* member) {
    if (view(text).empty()) return {};
    try {
        if (gantry::Json::parse(view(text)).is_object()) return copy(text);
    } catch (const gantry::JsonError& error) {
        throw core::Error(core::Code::InvalidArgument, std::string(member) + " is not JSON: " + error.what());
    }
    throw core::Error(core::Code::InvalidArgument, std::string(member) + " must be a JSON Schema that is an object");
}

std::uint16_t success_of(std::uint32_t status) {
    if (status == 0 || status == 101 || (status >= 200 && status <= 299)) return static_cast<std::uint16_t>(status);
    throw core::Error(core::Code::InvalidArgument,
                      "response_status is " + std::to_string(status) + " but must be 200-299, 101 for a WebSocket, or 0");
}

void declare_limit(http::Route& made, const gantry_route& route) {
    constexpr std::chrono::milliseconds shortest{100}, longest = std::chrono::days(31);
    made.limit_calls = route.limit_calls;
    made.limit_window = std::chrono::milliseconds(route.limit_window_ms);
    if (made.limit_calls == 0 && route.limit_window_ms == 0) return;
    if (made.limit_calls == 0 || made.limit_window < shortest || made.limit_window > longest) {
        throw core::Error(core::Code::InvalidArgument,
                          "a limit is at least 1 call in a window of 100 ms to 31 days, or 0 and 0 for none");
    }
    if (made.operation_id.empty() || !core::is_limit_name(http::declared_limit_name(made))) {
        throw core::Error(core::Code::InvalidArgument,
                          "a limit is named \"<plugin>_<operation_id>\": of a-z, 0-9, _ and -, at most 64 long");
    }
}

}  // namespace

http::Head head_of(const gantry_response& response) {
    if (response.status < 200 || response.status > 599) {
        throw core::Error(core::Code::InvalidArgument,
                          "status is " + std::to_string(response.status) + " but must be 200-599");
    }
    http::Head head(static_cast<std::uint16_t>(response.status));
    for (std::uint32_t i = 0; i < response.headers_n; ++i) {
        head.add(view(response.headers[i].name), view(response.headers[i].value));
    }
    return head;
}

http::Problem problem_from(const gantry_error& error, std::string details_json) {
    const core::Code code = core::code_of(error.status);
    http::Problem problem;
    const bool own_status = error.http_status >= 400 && error.http_status <= 599;
    problem.status = own_status ? static_cast<std::uint16_t>(error.http_status) : core::http_status_of(code);
    problem.code = bounded(error.code);
    if (problem.code.empty()) problem.code = core::name_of(code);
    problem.detail = bounded(error.message);
    problem.details_json = std::move(details_json);
    problem.retry_after_ms = error.retry_after_ms;
    return problem;
}

http::Route route_from(const gantry_route& route, const std::string& owner) {
    if (route.handle == nullptr) throw core::Error(core::Code::InvalidArgument, "handle is NULL");
    if (route.access > GANTRY_ACCESS_SCOPED)
        throw core::Error(core::Code::InvalidArgument, "access is not a GANTRY_ACCESS_*");
    http::Route made;
    made.method = copy(route.method);
    made.pattern = copy(route.pattern);
    made.owner = owner;
    made.operation_id = copy(route.operation_id);
    made.summary = copy(route.summary);
    made.description = copy(route.description);
    made.request_schema = schema_of(route.request_schema, "request_schema");
    made.parameters_schema = schema_of(route.parameters_schema, "parameters_schema");
    made.response_schema = schema_of(route.response_schema, "response_schema");
    made.response_type = copy(route.response_type);
    made.response_status = success_of(route.response_status);
    for (std::uint32_t i = 0; i < route.scopes_n; ++i)
        made.scopes.push_back(copy(route.scopes[i]));
    made.access = static_cast<http::Access>(route.access);
    made.blocking = (route.flags & GANTRY_ROUTE_BLOCKING) != 0;
    made.internal = (route.flags & GANTRY_ROUTE_INTERNAL) != 0;
    made.deadline = std::chrono::milliseconds(route.deadline_ms);
    made.body_bytes_max = route.body_bytes_max;
    declare_limit(made, route);
    return made;
}

}  // namespace host::bridge
