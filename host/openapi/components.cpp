#include "host/openapi/components.hpp"

#include <utility>

#include "host/core/error.hpp"
#include "host/openapi/operation_ids.hpp"
#include "host/openapi/problem_schema.hpp"
#include "host/openapi/references.hpp"

namespace host::openapi {

namespace {

using gantry::Json;

Json parse(const std::string& schema, const std::string& owner) {
    try {
        Json parsed = Json::parse(schema);
        if (parsed.is_object()) return parsed;
    } catch (const gantry::JsonError&) {
    }
    throw core::Error(core::Code::InvalidArgument, "a schema of " + owner + " is not a JSON object");
}

Json object_of(std::map<std::string, Json>&& members) {
    Json object = Json::object();
    for (auto& [name, value] : members)
        object.set(name, std::move(value));
    return object;
}

}  // namespace

Json Components::adopt(const std::string& schema, const std::string& owner, const std::string& name) {
    Json root = parse(schema, owner);
    const bool whole = refers_to_root(root);
    Json::Object definitions = take_definitions(root);
    // The same name with another meaning gets a number, and with it all that the schema brings: they refer to each other.
    for (std::size_t attempt = 1;; ++attempt) {
        const std::string suffix = attempt == 1 ? "" : "_" + std::to_string(attempt);
        const auto named = [&](const std::string& wanted) { return safe_name(owner + "_" + wanted) + suffix; };
        const ReferenceMap to_component = {[&](const std::string& definition) { return named(definition); }, named(name)};
        std::map<std::string, Json> brought;
        for (const auto& [definition, meaning] : definitions)
            brought[named(definition)] = with_references(meaning, to_component);
        Json adopted = with_references(root, to_component);
        if (whole) {
            brought[named(name)] = std::move(adopted);
            adopted = Json::object({{"$ref", "#/components/schemas/" + named(name)}});
        }
        bool fits = true;
        for (const auto& [component, meaning] : brought) {
            const auto known = schemas_.find(component);
            fits = fits && (known == schemas_.end() || known->second == meaning);
        }
        if (!fits) continue;
        schemas_.merge(brought);
        return adopted;
    }
}

Json Components::answer(const std::string& name) {
    schemas_.try_emplace("Problem", problem_schema());
    answers_.try_emplace(name, problem_answer(name));
    return Json::object({{"$ref", "#/components/responses/" + name}});
}

Json Components::json() && {
    Json all = Json::object();
    if (!schemas_.empty()) all.set("schemas", object_of(std::move(schemas_)));
    if (!answers_.empty()) all.set("responses", object_of(std::move(answers_)));
    if (has_bearer_) {
        const Json scheme = Json::object({{"type", "http"}, {"scheme", "bearer"}});
        all.set("securitySchemes", Json::object({{"bearer", scheme}}));
    }
    return all;
}

}  // namespace host::openapi
