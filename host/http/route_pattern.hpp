#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace host::http {

// "/notes/{id}/files/{path...}" taken apart.
struct RoutePattern {
    enum class Kind { Literal, Parameter, Wildcard };
    struct Segment {
        Kind kind;
        std::string text;  // a literal as it reads decoded (empty: the end of "/notes/"), or the parameter's name
    };
    std::vector<Segment> segments;
    // The pattern without its names, "/notes/{}/files/{...}": two routes of one method and shape cannot be told apart.
    std::string shape;

    bool is_static() const;
    // In the order of the pattern.
    std::vector<std::string> parameter_names() const;
};

constexpr std::size_t parameters_max = 16;

// Throws InvalidArgument. A pattern begins with '/'; a parameter fills its segment; names are unique identifiers;
// "{name...}" stands only at the end; no segment is empty, but "/notes/" is a path of its own beside "/notes".
RoutePattern parse_route_pattern(std::string_view pattern);

}  // namespace host::http
