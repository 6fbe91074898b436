#pragma once

#include <map>
#include <string>

#include <gantry/json.hpp>

namespace host::openapi {

// What operations of the document share: schemas by name, the answers for problems, the way to say who calls.
class Components {
  public:
    // A schema of a route, ready to stand in its operation. Its "$defs" become components named "<owner>_<name>", and what
    // refers to them, or to the schema itself, refers to the components. `name` is for a schema that refers to itself.
    gantry::Json adopt(const std::string& schema, const std::string& owner, const std::string& name);

    gantry::Json problem() { return answer("Problem"); }
    gantry::Json unauthenticated() { return answer("Unauthenticated"); }
    gantry::Json forbidden() { return answer("Forbidden"); }
    gantry::Json too_many() { return answer("TooManyRequests"); }
    // The name of the security scheme.
    std::string bearer() {
        has_bearer_ = true;
        return "bearer";
    }

    gantry::Json json() &&;

  private:
    gantry::Json answer(const std::string& name);

    std::map<std::string, gantry::Json> schemas_;
    std::map<std::string, gantry::Json> answers_;
    bool has_bearer_ = false;
};

}  // namespace host::openapi
