#include "host/http/admission.hpp"

#include <algorithm>
#include <utility>

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

bool holds(const Principal& principal, const std::string& scope) {
    return std::ranges::any_of(principal.scopes, [&](const std::string& held) { return held == scope || held == "*"; });
}

}  // namespace

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

void Question::decide(Verdict verdict) {
    Continue later;
    {
        const std::lock_guard lock(mutex_);
        if (verdict_) return;
        verdict_ = std::move(verdict);
        later = std::move(later_);
    }
    if (later) later(*verdict_);
}

std::optional<Verdict> Question::leave(const std::function<void()>& prepare, Continue later) {
    {
        const std::lock_guard lock(mutex_);
        if (verdict_) return verdict_;
    }
    prepare();
    const std::lock_guard lock(mutex_);
    if (verdict_) return verdict_;
    later_ = std::move(later);
    return std::nullopt;
}

}  // namespace host::http
