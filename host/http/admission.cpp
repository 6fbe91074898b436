#include "host/http/admission.hpp"

#include <algorithm>
#include <utility>

#include <gantry/json.hpp>

namespace host::http {

namespace {

// Fail closed: who calls cannot be known, so nobody may.
Problem no_identity() {
    return {.status = 503,
            .code = "AUTHENTICATION_UNAVAILABLE",
            .detail = "this route is for known callers, and nothing here can tell who is calling"};
}

Problem no_credentials() {
    return {.status = 401, .code = "AUTHENTICATION_REQUIRED", .detail = "this route is for known callers: sign in"};
}

Problem wrong_credentials() {
    return {.status = 401,
            .code = "INVALID_CREDENTIALS",
            .detail = "these credentials are not valid, or no longer",
            .challenge = "Bearer error=\"invalid_token\""};
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Problem scopes_missing(const std::vector<std::string>& missing) {
    const std::string names = joined(missing);
    return {.status = 403,
            .code = "FORBIDDEN",
            .detail = "not allowed without: " + names,
            .challenge = "Bearer error=\"insufficient_scope\", scope=\"" + names + "\""};
}

std::uint64_t whole_seconds(std::uint64_t milliseconds) {
    return milliseconds / 1000 + (milliseconds % 1000 != 0 ? 1 : 0);
}

Problem limit_exceeded(const Allowance& allowance) {
    gantry::Json details = gantry::Json::object({{"limit", allowance.name}});
    details.set("retry_after_ms", static_cast<std::int64_t>(allowance.reset_ms));
    const std::uint64_t wait_ms = std::clamp<std::uint64_t>(allowance.reset_ms, 1, UINT32_MAX);
    return {.status = 429,
            .code = "RATE_LIMITED",
            .detail = "too many calls: try again in " + std::to_string(whole_seconds(wait_ms)) + " s",
            .details_json = details.dump(),
            .retry_after_ms = static_cast<std::uint32_t>(wait_ms)};
}

// Fail closed: what protects a login must not go away with the store that counts.
Problem limits_unknown() {
    return {.status = 503,
            .code = "DEPENDENCY_UNAVAILABLE",
            .detail = "calls of this route are counted, and the store that counts them (kv) cannot be reached",
            .retry_after_ms = 1000};
}

}  // namespace

bool holds(const Principal& principal, std::string_view scope) {
    return std::ranges::any_of(principal.scopes, [&](const std::string& held) { return held == scope || held == "*"; });
}

std::optional<Problem> refusal_of(const Verdict& verdict, const Route& route) {
    switch (verdict.outcome) {
        case Verdict::Outcome::Anonymous:
            return no_credentials();
        case Verdict::Outcome::Wrong:
            return wrong_credentials();
        case Verdict::Outcome::Unavailable:
            return no_identity();
        case Verdict::Outcome::Known:
            break;
    }
    if (verdict.principal == nullptr) return no_identity();
    std::vector<std::string> missing;
    for (const std::string& scope : route.scopes)
        if (!holds(*verdict.principal, scope)) missing.push_back(scope);
    if (route.access == Access::Scoped && !missing.empty()) return scopes_missing(missing);
    return std::nullopt;
}

std::optional<Problem> refusal_of(const Allowance& allowance) {
    if (allowance.outcome == Allowance::Outcome::Exceeded) return limit_exceeded(allowance);
    if (allowance.outcome == Allowance::Outcome::Unknown) return limits_unknown();
    return std::nullopt;
}

std::string limit_lines_of(const Allowance& allowance) {
    if (allowance.limit == 0) return {};
    std::string lines = "X-RateLimit-Limit: " + std::to_string(allowance.limit);
    lines.append("\r\nX-RateLimit-Remaining: ").append(std::to_string(allowance.remaining));
    lines.append("\r\nX-RateLimit-Reset: ").append(std::to_string(whole_seconds(allowance.reset_ms)));
    return lines.append("\r\n");
}

}  // namespace host::http
