#include "host/admin/answers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <gantry/text.hpp>

#include "host/core/clock.hpp"
#include "host/core/error.hpp"

namespace host::admin {

namespace {

constexpr std::int64_t limit_default = 50;
constexpr std::int64_t limit_max = 1000;
constexpr std::int64_t cursor_limit_max = 500;

std::optional<std::string> query(const http::Exchange& exchange, std::string_view name) {
    std::string_view rest = exchange.request().query;
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        const std::size_t equals = std::min(one.find('='), one.size());
        if (gantry::form_decode(one.substr(0, equals)) != std::string(name)) continue;
        auto value = gantry::form_decode(one.substr(std::min(equals + 1, one.size())));
        if (!value || !gantry::is_utf8(*value))
            throw core::Error(core::Code::InvalidArgument, "the query parameter " + std::string(name) + " is not UTF-8");
        return value;
    }
    return std::nullopt;
}

}  // namespace

void send_json(http::Exchange& exchange, const Json& body, std::uint16_t status) {
    http::Head head(status);
    head.add_raw("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    exchange.send(std::move(head), http::Bytes(body.dump()));
}

http::Route route(const Declared& declared, std::function<void(const Exchange&)> handle) {
    http::Route route;
    route.method = declared.method;
    route.pattern = declared.pattern;
    route.owner = "host";
    route.operation_id = declared.operation_id;
    route.summary = declared.summary;
    route.blocking = true;
    if (*declared.scope != '\0') {
        route.access = http::Access::Scoped;
        route.scopes = {declared.scope};
    }
    route.handle = std::move(handle);
    return route;
}

std::string param(const http::Exchange& exchange, std::string_view name) {
    const auto params = exchange.params();
    const auto found = std::ranges::find(params, name, &http::Param::name);
    if (found == params.end()) throw core::Error(core::Code::Internal, "the route has no parameter " + std::string(name));
    return found->value;
}

std::int64_t query_number(const http::Exchange& exchange, std::string_view name, std::int64_t otherwise, std::int64_t most,
                          std::int64_t least) {
    const auto text = query(exchange, name);
    if (!text) return otherwise;
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc{} && stopped == end && number >= least && number <= most) return number;
    throw core::Error(core::Code::InvalidArgument, std::string(name) + " must be a whole number from " +
                                                       std::to_string(least) + " to " + std::to_string(most) + ", found \"" +
                                                       *text + "\"");
}

std::string query_text(const http::Exchange& exchange, std::string_view name) {
    std::string text = query(exchange, name).value_or(std::string());
    if (text.find('\0') == std::string::npos) return text;
    throw core::Error(core::Code::InvalidArgument, "the query parameter " + std::string(name) + " has a NUL");
}

Json json_body(const http::Exchange& exchange) {
    try {
        Json body = Json::parse(exchange.request().body);
        if (body.is_object()) return body;
    } catch (const gantry::JsonError& error) {
        throw core::Error(core::Code::InvalidArgument, std::string("the body is not JSON: ") + error.what());
    }
    throw core::Error(core::Code::InvalidArgument, "the body must be a JSON object");
}

Json page_of(const http::Exchange& exchange, const std::vector<Json>& all) {
    const auto limit = static_cast<std::size_t>(query_number(exchange, "limit", limit_default, limit_max));
    const auto offset = static_cast<std::size_t>(query_number(exchange, "offset", 0, INT64_MAX));
    Json items = Json::array();
    for (std::size_t i = offset; i < all.size() && i - offset < limit; ++i)
        items.push(all[i]);
    const std::size_t end = std::min(offset, all.size()) + items.items().size();
    return Json::object({{"items", std::move(items)},
                         {"total", static_cast<std::int64_t>(all.size())},
                         {"limit", static_cast<std::int64_t>(limit)},
                         {"offset", static_cast<std::int64_t>(offset)},
                         {"has_more", end < all.size()}});
}

std::size_t page_limit(const http::Exchange& exchange) {
    return static_cast<std::size_t>(query_number(exchange, "limit", limit_default, cursor_limit_max, 1));
}

Json cursor_page(std::vector<Json> items, std::size_t limit, const std::string& next) {
    return Json::object({{"items", Json(std::move(items))},
                         {"limit", static_cast<std::int64_t>(limit)},
                         {"has_more", !next.empty()},
                         {"next_cursor", text_or_null(next)}});
}

Json time_or_null(std::int64_t wall_us) {
    return wall_us == 0 ? Json() : Json(core::rfc3339(wall_us));
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

http::Route answering(http::Route route, std::string response_schema) {
    route.response_schema = std::move(response_schema);
    if (route.response_status == 0) route.response_status = 200;
    return route;
}

}  // namespace host::admin
