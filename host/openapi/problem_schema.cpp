#include "host/openapi/problem_schema.hpp"

#include <utility>

namespace host::openapi {

namespace {

using gantry::Json;

Json text(const char* description, const char* format = nullptr) {
    Json schema = Json::object({{"type", "string"}, {"description", description}});
    if (format != nullptr) schema.set("format", format);
    return schema;
}

Json seconds_until_retry() {
    return Json::object({{"description", "In so many seconds a call will be let through again"},
                         {"schema", Json::object({{"type", "integer"}, {"minimum", 1}})}});
}

}  // namespace

Json problem_schema() {
    Json properties = Json::object();
    properties.set("type", text("Always about:blank: the kind of problem is its code", "uri-reference"));
    properties.set("title", text("The phrase of the status"));
    properties.set("status", Json::object({{"type", "integer"}, {"minimum", 400}, {"maximum", 599}}));
    properties.set("detail", text("What was expected and what was found, for people"));
    properties.set("instance", text("The path of the request", "uri-reference"));
    properties.set("error", Json::object({{"type", "boolean"}, {"const", true}}));
    properties.set("code", text("For programs: NOTE_NOT_FOUND"));
    properties.set("message", text("The same as detail"));
    properties.set("details", Json::object({{"type", "object"},
                                            {"additionalProperties", true},
                                            {"description", "What else is known, depending on the code"}}));
    properties.set("timestamp", text("When it happened", "date-time"));
    properties.set("request_id", text("The X-Request-Id of the request, for questions to the administrator"));
    Json required = Json::array();
    for (const auto& [name, schema] : properties.members())
        required.push(name);
    return Json::object({{"type", "object"},
                         {"description", "What went wrong (RFC 9457)"},
                         {"properties", std::move(properties)},
                         {"required", std::move(required)}});
}

Json problem_answer(const std::string& name) {
    const char* description = "What went wrong";
    if (name == "Unauthenticated") description = "It is not known who calls";
    if (name == "Forbidden") description = "Who calls may not do this: a scope is missing";
    if (name == "TooManyRequests") description = "The route has been called as often as its limits allow";
    const Json schema = Json::object({{"$ref", "#/components/schemas/Problem"}});
    const Json media = Json::object({{"schema", schema}});
    Json answer = Json::object({{"description", description}});
    if (name == "TooManyRequests") answer.set("headers", Json::object({{"Retry-After", seconds_until_retry()}}));
    answer.set("content", Json::object({{"application/problem+json", media}}));
    return answer;
}

}  // namespace host::openapi
