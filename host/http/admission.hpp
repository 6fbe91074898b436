#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/http/authenticator.hpp"
#include "host/http/problem.hpp"
#include "host/http/route.hpp"
#include "host/http/route_limit.hpp"

namespace host::http {

// Why a principal, or nobody, may not use a route; nothing: it may. Names the scopes that are missing.
std::optional<Problem> refusal_of(const Verdict& verdict, const Route& route);

// Does it hold the scope, or every scope?
bool holds(const Principal& principal, std::string_view scope);

// Why a request is not within the limits of its route; nothing: it is, or there are none.
std::optional<Problem> refusal_of(const Allowance& allowance);

// "X-RateLimit-Limit: ...\r\n" and what belongs to it; empty for a request without limits.
std::string limit_lines_of(const Allowance& allowance);

}  // namespace host::http
