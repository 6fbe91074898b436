#include "host/limits/rule.hpp"

#include <algorithm>

#include "host/core/sha256.hpp"

namespace host::limits {

namespace {

constexpr std::string_view prefix = "rate_limit\n";
// Longer ones, which nobody means, are counted under their digest.
constexpr std::size_t subject_bytes_max = 256;

bool is_among(const std::vector<std::string>& all, std::string_view wanted) {
    return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool is_like(std::string_view pattern, std::string_view route) {
    if (!pattern.ends_with('*')) return pattern == route;
    return route.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string subject_of(const Rule& rule, const http::Principal* caller, const http::Request& request,
                       const TrustedProxies& proxies) {
    if (rule.counts == Counts::Together) return {};
    if (rule.counts == Counts::Caller && caller != nullptr) return "principal " + caller->id;
    return "address " + origin_of(request, proxies);
}

}  // namespace

std::optional<Rule> declared_by(const http::Route& route) {
    if (route.limit_calls == 0) return std::nullopt;
    Rule rule;
    rule.name = http::declared_limit_name(route);
    rule.owners = {route.owner};
    rule.methods = {route.method};
    rule.routes = {route.pattern};
    rule.limit = route.limit_calls;
    rule.window = route.limit_window;
    return rule;
}

bool names(const Rule& rule, const http::Route& route) {
    if (rule.owners.empty() ? route.owner == "host" : !is_among(rule.owners, route.owner)) return false;
    if (!rule.methods.empty() && !is_among(rule.methods, route.method)) return false;
    return rule.routes.empty() || std::any_of(rule.routes.begin(), rule.routes.end(),
                                              [&](const std::string& pattern) { return is_like(pattern, route.pattern); });
}

bool concerns(const Rule& rule, const http::Principal* caller) {
    if (rule.callers == Callers::All) return true;
    return (rule.callers == Callers::Known) == (caller != nullptr);
}

bool passes_uncounted(const Rule& rule, std::string_view method) {
    if (rule.when_away == WhenAway::Reads) return method == "GET" || method == "HEAD";
    return rule.when_away == WhenAway::Open;
}

std::string key_of(const Rule& rule, const http::Route& route, const http::Principal* caller, const http::Request& request,
                   const TrustedProxies& proxies) {
    std::string subject;
    if (rule.each_route) subject = route.owner + " " + route.method + " " + route.pattern + "\n";
    subject += subject_of(rule, caller, request, proxies);
    if (subject.size() > subject_bytes_max) subject = core::sha256_hex(subject);
    return std::string(prefix).append(rule.name).append("\n").append(subject);
}

}  // namespace host::limits
