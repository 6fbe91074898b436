#pragma once

#include <string>

#include <gantry/json.hpp>

namespace host::openapi {

// The one shape of every error (host/http/problem.hpp, RFC 9457).
gantry::Json problem_schema();
// The answer "Problem", "Unauthenticated" or "Forbidden" of the components.
gantry::Json problem_answer(const std::string& name);

}  // namespace host::openapi
