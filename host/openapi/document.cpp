#include "host/openapi/document.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "host/openapi/components.hpp"
#include "host/openapi/operation.hpp"
#include "host/openapi/operation_ids.hpp"
#include "host/openapi/path_templates.hpp"

namespace host::openapi {

namespace {

using gantry::Json;

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return lower;
}

// OpenAPI has no place for operations of other methods (CONNECT, PROPFIND, ...).
bool is_describable(const http::Route& route) {
    static const std::set<std::string, std::less<>> methods{"GET",     "PUT",  "POST",  "DELETE",
                                                            "OPTIONS", "HEAD", "PATCH", "TRACE"};
    return !route.internal && methods.contains(route.method);
}

Json info_of(const Description& description) {
    Json versions = Json::object();
    for (const Owner& owner : description.owners) {
        if (!owner.version.empty()) versions.set(owner.id, owner.version);
    }
    return Json::object(
        {{"title", description.title}, {"version", description.version}, {"x-gantry-plugins", std::move(versions)}});
}

Json tags_of(const Description& description, const std::set<std::string>& used) {
    Json tags = Json::array();
    for (const Owner& owner : description.owners) {
        if (used.contains(owner.id)) tags.push(Json::object({{"name", owner.id}, {"description", owner.summary}}));
    }
    return tags;
}

}  // namespace

Json document(std::span<const http::Route> routes, const Description& description) {
    PathTemplates templates;
    OperationIds ids;
    Components components;
    std::set<std::string> owners;
    Json paths = Json::object();
    for (const http::Route& route : routes) {
        if (!is_describable(route)) continue;
        const PathTemplate path = templates.of(route.pattern);
        if (paths.find(path.text) == nullptr) paths.set(path.text, Json::object());
        Json& operations = std::find_if(paths.members().begin(), paths.members().end(), [&](const Json::Member& member) {
                               return member.first == path.text;
                           })->second;
        const std::string method = lower_case(route.method);
        // "/files/{name}" before "/files/{name...}": OpenAPI cannot tell them apart, and the first is the more specific.
        if (operations.find(method) != nullptr) continue;
        operations.set(method, operation_of(route, path, ids.of(route), components));
        owners.insert(route.owner);
    }
    return Json::object({{"openapi", "3.1.0"},
                         {"info", info_of(description)},
                         {"servers", Json::array({Json::object({{"url", description.server_url}})})},
                         {"tags", tags_of(description, owners)},
                         {"paths", std::move(paths)},
                         {"components", std::move(components).json()}});
}

}  // namespace host::openapi
