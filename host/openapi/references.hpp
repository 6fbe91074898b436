#pragma once

#include <functional>
#include <string>

#include <gantry/json.hpp>

// The "$ref"s of a JSON Schema when it moves into another document.
namespace host::openapi {

// The component that a definition of the schema became, and the one that the schema as a whole would be.
struct ReferenceMap {
    std::function<std::string(const std::string& definition)> definition;
    std::string root;
};

// Is there a reference into the schema itself, to anything but its "$defs"?
bool refers_to_root(const gantry::Json& schema);
// The members of "$defs" and "definitions"; the schema is left without them.
gantry::Json::Object take_definitions(gantry::Json& schema);
// With each local reference turned into one to "#/components/schemas/...". What only looks like a reference, in "enum" or
// "default" or as the name of a property, stays as it is.
gantry::Json with_references(gantry::Json schema, const ReferenceMap& map);

}  // namespace host::openapi
