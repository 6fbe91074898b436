#pragma once

#include <string>

#include <gantry/abi/http_server.h>

#include "host/http/message.hpp"
#include "host/http/problem.hpp"
#include "host/http/route.hpp"

// What a plugin says in the ABI's words, in those of the http room. Each throws InvalidArgument for what makes no sense.
namespace host::bridge {

http::Head head_of(const gantry_response& response);
http::Problem problem_from(const gantry_error& error, std::string details_json);
// All but its handler.
http::Route route_from(const gantry_route& route, const std::string& owner);

}  // namespace host::bridge
