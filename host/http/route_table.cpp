#include "host/http/route_table.hpp"

#include <algorithm>
#include <set>

#include "host/core/error.hpp"
#include "host/http/path_check.hpp"
#include "host/http/percent.hpp"

namespace host::http {

namespace {

bool is_method(std::string_view method) {
    return !method.empty() && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string name_of(const Route& route) {
    return route.owner + "'s " + route.method + " " + route.pattern;
}

// The methods of one or more endpoints as Allow says them. OPTIONS is answered by the pipeline for every path.
class AllowList {
  public:
    void add(std::string_view method) {
        methods_.insert(method);
        if (method == "GET") methods_.insert("HEAD");
    }
    void add(const RouteEndpoint& endpoint) {
        for (const auto& [method, route] : endpoint.methods)
            add(method);
    }
    std::string text() {
        if (methods_.empty()) return {};
        methods_.insert("OPTIONS");
        std::string text;
        for (std::string_view method : methods_)
            text.append(text.empty() ? "" : ", ").append(method);
        return text;
    }

  private:
    std::set<std::string_view> methods_;
};

}  // namespace

struct RouteTable::Match {
    const std::uint32_t* route = nullptr;
    Captures captures;
    const char* flaw = nullptr;
    AllowList allow;  // of the endpoints that fit but lack the method
};

RouteTable::RouteTable(std::vector<Route> routes, std::shared_ptr<const void> pinned)
    : pinned_(std::move(pinned)), routes_(std::move(routes)) {
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const RoutePattern pattern = parse_route_pattern(routes_[i].pattern);
        const std::size_t endpoint = tree_.add(pattern);
        tree_.endpoint(endpoint).methods.emplace_back(routes_[i].method, static_cast<std::uint32_t>(i));
        names_.push_back(pattern.parameter_names());
        if (pattern.is_static()) static_paths_.emplace(routes_[i].pattern, endpoint);
    }
}

const std::uint32_t* RouteTable::serving(const RouteEndpoint& endpoint, std::string_view method) const {
    const auto find = [&](std::string_view wanted) -> const std::uint32_t* {
        for (const auto& [name, route] : endpoint.methods) {
            if (name == wanted) return &route;
        }
        return nullptr;
    };
    const std::uint32_t* route = find(method);
    return route == nullptr && method == "HEAD" ? find("GET") : route;
}

RouteTable::Match RouteTable::match(std::string_view method, std::string_view path) const {
    Match match;
    if (const auto fixed = static_paths_.find(path); fixed != static_paths_.end()) {
        match.route = serving(tree_.endpoint(fixed->second), method);
        if (match.route != nullptr) return match;
    }
    match.flaw = flaw_of_path(path);
    if (match.flaw != nullptr) return match;
    tree_.walk(path, [&](const RouteEndpoint& endpoint, const Captures& captures) {
        match.route = serving(endpoint, method);
        if (match.route == nullptr) match.allow.add(endpoint);
        if (match.route != nullptr) match.captures = captures;
        return match.route != nullptr;
    });
    return match;
}

std::vector<Param> RouteTable::params_of(const Match& match) const {
    const std::vector<std::string>& names = names_[*match.route];
    std::vector<Param> params;
    params.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view raw = match.captures.raw[i];
        if (raw.find('%') == std::string_view::npos) {
            params.push_back({names[i], std::string(raw)});
        } else {
            params.push_back({names[i], percent_decode(raw).value_or(std::string())});
        }
    }
    return params;
}

Lookup RouteTable::lookup(std::string_view method, std::string_view path) const {
    Match found = match(method, path);
    Lookup result;
    if (found.flaw != nullptr) {
        result.outcome = Lookup::Outcome::Malformed;
        result.why = found.flaw;
    } else if (found.route != nullptr) {
        result.outcome = Lookup::Outcome::Found;
        result.route = &routes_[*found.route];
        result.params = params_of(found);
    } else if (result.allow = found.allow.text(); !result.allow.empty()) {
        result.outcome = Lookup::Outcome::MethodNotAllowed;
    }
    return result;
}

const Route* RouteTable::find(std::string_view method, std::string_view path) const {
    const Match found = match(method, path);
    return found.route != nullptr ? &routes_[*found.route] : nullptr;
}

std::string RouteTable::allow(std::string_view path) const {
    AllowList list;
    if (path == "*") {
        for (const Route& route : routes_)
            list.add(route.method);
    } else if (flaw_of_path(path) == nullptr) {
        tree_.walk(path, [&](const RouteEndpoint& endpoint, const Captures&) {
            list.add(endpoint);
            return false;
        });
    }
    return list.text();
}

namespace {

// RFC 6749 section 3.3; scopes are told to clients inside a quoted string.
bool is_scope(std::string_view text) {
    const auto fits = [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    return !text.empty() && std::ranges::all_of(text, fits);
}

}  // namespace

void RouteTableBuilder::add(Route route) {
    if (!is_method(route.method)) {
        throw core::Error{core::Code::InvalidArgument,
                          name_of(route) + ": the method must be upper-case letters, not \"" + route.method + "\""};
    }
    if (!route.handle) throw core::Error{core::Code::InvalidArgument, name_of(route) + " has no handler"};
    for (const std::string& scope : route.scopes) {
        if (is_scope(scope)) continue;
        throw core::Error{
            core::Code::InvalidArgument,
            name_of(route) + ": a scope is visible ASCII without quotes and backslashes (RFC 6749 section 3.3)"};
    }
    const std::string shape = parse_route_pattern(route.pattern).shape;
    const auto [place, fresh] = taken_.try_emplace({route.method, shape}, routes_.size());
    if (!fresh) {
        throw core::Error{core::Code::Conflict,
                          name_of(route) + " cannot be told apart from " + name_of(routes_[place->second])};
    }
    routes_.push_back(std::move(route));
}

std::shared_ptr<const RouteTable> RouteTableBuilder::freeze(std::shared_ptr<const void> pinned) && {
    std::sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
        return a.pattern != b.pattern ? a.pattern < b.pattern : a.method < b.method;
    });
    taken_.clear();
    return std::shared_ptr<const RouteTable>(new RouteTable(std::move(routes_), std::move(pinned)));
}

}  // namespace host::http
