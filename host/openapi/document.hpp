#pragma once

#include <span>

#include <gantry/json.hpp>

#include "host/http/route.hpp"
#include "host/openapi/description.hpp"

namespace host::openapi {

// The OpenAPI 3.1 document of `routes`, in their order; those that are internal are left out. The same routes give the same
// bytes. Throws core::Error for a schema that is no JSON object: the bridge lets none in.
gantry::Json document(std::span<const http::Route> routes, const Description& description);

}  // namespace host::openapi
