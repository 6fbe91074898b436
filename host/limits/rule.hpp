#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/http/authenticator.hpp"
#include "host/http/route.hpp"
#include "host/limits/caller.hpp"
#include "host/limits/settings.hpp"

namespace host::limits {

// What the route declares of itself; nothing: no limit.
std::optional<Rule> declared_by(const http::Route& route);
// Does the rule name the route? One that names no owner leaves the host's own routes alone: health and administration must
// not end with a limit that was meant for plugins.
bool names(const Rule& rule, const http::Route& route);
// Does it concern who calls? Null: nobody knows who.
bool concerns(const Rule& rule, const http::Principal* caller);
// May a request pass that nobody could count?
bool passes_uncounted(const Rule& rule, std::string_view method);
// Under what the request is counted: never longer than a key of the kv room may be.
std::string key_of(const Rule& rule, const http::Route& route, const http::Principal* caller, const http::Request& request,
                   const TrustedProxies& proxies);

}  // namespace host::limits
