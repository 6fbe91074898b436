#include "host/openapi/path_templates.hpp"

#include <utility>

#include "host/http/route_pattern.hpp"

namespace host::openapi {

namespace {

using Kind = http::RoutePattern::Kind;

PathTemplate template_of(const http::RoutePattern& pattern) {
    PathTemplate made;
    for (const auto& segment : pattern.segments) {
        made.text.push_back('/');
        if (segment.kind == Kind::Literal) {
            made.text.append(segment.text);
            continue;
        }
        made.text.append("{").append(segment.text).append("}");
        made.parameters.push_back({segment.text, segment.kind == Kind::Wildcard});
    }
    return made;
}

std::string shape_of(const http::RoutePattern& pattern) {
    std::string shape;
    for (const auto& segment : pattern.segments)
        shape.append("/").append(segment.kind == Kind::Literal ? segment.text : "{}");
    return shape;
}

}  // namespace

PathTemplate PathTemplates::of(std::string_view text) {
    const http::RoutePattern pattern = http::parse_route_pattern(text);
    PathTemplate made = template_of(pattern);
    const auto [known, fresh] = by_shape_.try_emplace(shape_of(pattern), made);
    if (fresh) return made;
    for (std::size_t i = 0; i < made.parameters.size(); ++i)
        made.parameters[i].name = known->second.parameters[i].name;
    made.text = known->second.text;
    return made;
}

}  // namespace host::openapi
