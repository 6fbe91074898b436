#include "host/admin/batch_answer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include <gantry/text.hpp>

namespace host::admin {

namespace {

// They say how a browser shall treat a page of its own; and a cookie cannot be set through a body.
constexpr std::array<std::string_view, 9> not_shown = {
    "x-content-type-options",      "x-frame-options", "referrer-policy",           "content-security-policy",
    "cross-origin-opener-policy",  "set-cookie",      "strict-transport-security", "permissions-policy",
    "cross-origin-resource-policy"};

std::string lower(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(), [](unsigned char c) { return std::tolower(c); });
    return made;
}

// Several fields of one name are one list (RFC 9110 section 5.3).
Json headers_of(std::string_view lines) {
    Json headers = Json::object();
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(line.size() + 2, lines.size()));
        const std::size_t colon = std::min(line.find(':'), line.size());
        const std::string name = lower(line.substr(0, colon));
        if (std::find(not_shown.begin(), not_shown.end(), name) != not_shown.end() || name.starts_with("access-control-"))
            continue;
        std::string value(line.substr(std::min(colon + 2, line.size())));
        if (!gantry::is_utf8(value)) continue;
        if (const Json* former = headers.find(name)) value = former->as_string() + ", " + value;
        headers.set(name, std::move(value));
    }
    return headers;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= count ? letters[group >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

bool is_json(const Json& headers) {
    const Json* type = headers.find("content-type");
    if (type == nullptr) return false;
    const std::string kind = lower(type->as_string().substr(0, type->as_string().find(';')));
    return kind == "application/json" || kind.ends_with("+json");
}

void add_body(Json& entry, bool json, const std::string& body) {
    if (body.empty()) return;
    if (json) {
        try {
            entry.set("body", Json::parse(body));
            return;
        } catch (const gantry::JsonError&) {
            // It says that it is JSON and is none: then it is shown as what it is.
        }
    }
    if (gantry::is_utf8(body))
        entry.set("body", body);
    else
        entry.set("body_base64", base64(body));
}

Json started(const BatchItem& item, std::uint16_t status) {
    Json entry = Json::object();
    if (!item.id.empty()) entry.set("id", item.id);
    entry.set("status", static_cast<std::int64_t>(status));
    return entry;
}

http::Problem problem_of(BatchAnswer::Fault fault) {
    switch (fault) {
        case BatchAnswer::Fault::TooLarge:
            return {.status = 500,
                    .code = "ANSWER_TOO_LARGE",
                    .detail = "the answer is larger than a batch carries: send this request alone"};
        case BatchAnswer::Fault::Endless:
            return {.status = 400,
                    .code = "NOT_IN_A_BATCH",
                    .detail = "this route answers with a stream: send this request alone"};
        default:
            return {.status = 502, .code = "ANSWER_INCOMPLETE", .detail = "the answer broke off"};
    }
}

}  // namespace

Json entry_of(const BatchItem& item, const BatchAnswer& answer, const std::string& request_id) {
    if (answer.fault != BatchAnswer::Fault::None) return entry_of(item, problem_of(answer.fault), request_id);
    Json entry = started(item, answer.status);
    Json headers = headers_of(answer.lines);
    const bool json = is_json(headers);
    entry.set("headers", std::move(headers));
    // For HEAD the length is told and the body is not sent; 204 and 304 have none.
    if (item.method != "HEAD" && answer.status != 204 && answer.status != 304) add_body(entry, json, answer.body);
    return entry;
}

Json entry_of(const BatchItem& item, const http::Problem& problem, const std::string& request_id) {
    Json entry = started(item, problem.status);
    entry.set("headers", Json::object({{"content-type", "application/problem+json"}, {"x-request-id", request_id}}));
    const std::string path = item.target.substr(0, item.target.find('?'));
    entry.set("body", Json::parse(http::to_json(problem, path, request_id)));
    return entry;
}

}  // namespace host::admin
