#pragma once

#include <string>

#include <gantry/json.hpp>

#include "host/http/route.hpp"
#include "host/openapi/components.hpp"
#include "host/openapi/path_templates.hpp"

namespace host::openapi {

// One route as an operation of the document; what it shares with others goes into `components`.
gantry::Json operation_of(const http::Route& route, const PathTemplate& path, const std::string& id, Components& components);

}  // namespace host::openapi
