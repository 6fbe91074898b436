#include "host/openapi/operation.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "host/http/message.hpp"
#include "host/http/route_limit.hpp"

namespace host::openapi {

namespace {

using gantry::Json;
using http::Access;

// One operation while it is put together.
class Writer {
  public:
    Writer(const http::Route& route, const PathTemplate& path, std::string id, Components& components)
        : route_(route), path_(path), id_(std::move(id)), components_(components) {}

    Json operation() {
        Json made = Json::object({{"operationId", id_}, {"tags", Json::array({Json(route_.owner)})}});
        made.set("summary", route_.summary.empty() ? route_.method + " " + route_.pattern : route_.summary);
        if (!route_.description.empty()) made.set("description", route_.description);
        if (Json all = parameters(); !all.items().empty()) made.set("parameters", std::move(all));
        if (!route_.request_schema.empty()) made.set("requestBody", body());
        made.set("responses", answers());
        made.set("security", security());
        if (!route_.scopes.empty()) made.set("x-gantry-scopes", scopes());
        if (route_.body_bytes_max > 0) made.set("x-gantry-body-bytes-max", route_.body_bytes_max);
        if (route_.limit != nullptr) made.set("x-gantry-rate-limits", limits());
        if (route_.deadline.count() > 0) made.set("x-gantry-deadline-ms", route_.deadline.count());
        return made;
    }

  private:
    Json adopt(const std::string& schema, const char* role) {
        return components_.adopt(schema, route_.owner, route_.operation_id + "_" + role);
    }

    Json parameters() {
        Json all = Json::array();
        for (const PathTemplate::Parameter& parameter : path_.parameters) {
            Json one = Json::object({{"name", parameter.name}, {"in", "path"}, {"required", true}});
            if (parameter.rest) {
                one.set("description", "All that is left of the path; its slashes are not encoded");
                one.set("x-gantry-rest-of-path", true);
            }
            one.set("schema", Json::object({{"type", "string"}}));
            all.push(std::move(one));
        }
        if (!route_.parameters_schema.empty()) add_query(all);
        return all;
    }

    void add_query(Json& all) {
        const Json object = adopt(route_.parameters_schema, "parameters");
        const Json* properties = object.find("properties");
        if (properties == nullptr || !properties->is_object()) return;
        for (const auto& [name, schema] : properties->members()) {
            Json one = Json::object({{"name", name}, {"in", "query"}});
            if (is_required(object, name)) one.set("required", true);
            if (const Json* description = schema.find("description")) one.set("description", *description);
            one.set("schema", schema);
            all.push(std::move(one));
        }
    }

    static bool is_required(const Json& object, const std::string& name) {
        const Json* required = object.find("required");
        if (required == nullptr || !required->is_array()) return false;
        return std::any_of(required->items().begin(), required->items().end(),
                           [&](const Json& each) { return each.is_string() && each.as_string() == name; });
    }

    static Json content(std::string_view type, Json schema) {
        Json media = Json::object({{"schema", std::move(schema)}});
        Json made = Json::object();
        made.set(type, std::move(media));
        return made;
    }

    Json body() {
        return Json::object(
            {{"required", true}, {"content", content("application/json", adopt(route_.request_schema, "request"))}});
    }

    Json answers() {
        Json all = Json::object();
        all.set(route_.response_status == 0 ? "2XX" : std::to_string(route_.response_status), success());
        for (const http::OtherAnswer& other : route_.other_answers) {
            const std::string status = std::to_string(other.status);
            all.set(status, Json::object({{"description", other.description},
                                          {"content", content("application/json", adopt(other.schema, status.c_str()))}}));
        }
        if (route_.access != Access::Public) all.set("401", components_.unauthenticated());
        if (route_.access == Access::Scoped) all.set("403", components_.forbidden());
        if (route_.limit != nullptr) all.set("429", components_.too_many());
        all.set("4XX", components_.problem());
        all.set("5XX", components_.problem());
        return all;
    }

    Json success() {
        const std::string_view phrase = http::reason_phrase(route_.response_status);
        Json made = Json::object({{"description", phrase.empty() ? std::string_view("Success") : phrase}});
        if (!route_.response_schema.empty()) {
            const std::string_view given = route_.response_type;
            const std::string_view type = given.empty() ? "application/json" : given;
            made.set("content", content(type, adopt(route_.response_schema, "response")));
        } else if (!route_.response_type.empty()) {
            const bool text = route_.response_type.starts_with("text/");
            made.set("content", content(route_.response_type, text ? Json::object({{"type", "string"}}) : Json::object()));
        }
        return made;
    }

    // Empty: anybody, whatever the document says elsewhere. Scopes stand as the roles that OpenAPI 3.1 knows for bearers.
    Json security() {
        if (route_.access == Access::Public) return Json::array();
        Json one = Json::object();
        one.set(components_.bearer(), scopes());
        return Json::array({std::move(one)});
    }

    Json limits() const {
        Json all = Json::array();
        for (const http::LimitPolicy& policy : route_.limit->policies()) {
            all.push(Json::object({{"name", policy.name}, {"limit", policy.limit}, {"window_ms", policy.window_ms}}));
        }
        return all;
    }

    Json scopes() const {
        Json all = Json::array();
        for (const std::string& scope : route_.scopes)
            all.push(scope);
        return all;
    }

    const http::Route& route_;
    const PathTemplate& path_;
    const std::string id_;
    Components& components_;
};

}  // namespace

Json operation_of(const http::Route& route, const PathTemplate& path, const std::string& id, Components& components) {
    return Writer(route, path, id, components).operation();
}

}  // namespace host::openapi
