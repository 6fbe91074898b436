#include "host/http/route_pattern.hpp"

#include <algorithm>

#include "host/core/error.hpp"

namespace host::http {

namespace {

using Kind = RoutePattern::Kind;

[[noreturn]] void refuse(std::string_view pattern, const std::string& why) {
    throw core::Error{core::Code::InvalidArgument, "the route pattern \"" + std::string(pattern) + "\" " + why};
}

bool is_identifier(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Literals are written as they read decoded, so that a request may encode them in any way.
bool is_literal_character(char c) {
    return c > ' ' && c < 0x7f && std::string_view("%?#{}\\\"").find(c) == std::string_view::npos;
}

RoutePattern::Segment parse_segment(std::string_view pattern, std::string_view text) {
    if (text.find_first_of("{}") == std::string_view::npos) {
        if (text == "." || text == "..") refuse(pattern, "has the segment \"" + std::string(text) + "\"");
        if (!std::all_of(text.begin(), text.end(), is_literal_character)) {
            refuse(pattern, "has a character in \"" + std::string(text) + "\" that cannot stand in a path");
        }
        return {Kind::Literal, std::string(text)};
    }
    if (text.front() != '{' || text.back() != '}') {
        refuse(pattern, "has \"" + std::string(text) + "\"; a parameter must fill its segment");
    }
    std::string_view name = text.substr(1, text.size() - 2);
    const bool wildcard = name.ends_with("...");
    if (wildcard) name.remove_suffix(3);
    if (!is_identifier(name)) refuse(pattern, "has the parameter \"" + std::string(text) + "\" without a proper name");
    return {wildcard ? Kind::Wildcard : Kind::Parameter, std::string(name)};
}

void append_shape(std::string& shape, const RoutePattern::Segment& segment) {
    shape.push_back('/');
    if (segment.kind == Kind::Literal) shape.append(segment.text);
    if (segment.kind == Kind::Parameter) shape.append("{}");
    if (segment.kind == Kind::Wildcard) shape.append("{...}");
}

void check_names(std::string_view pattern, const RoutePattern& parsed) {
    std::vector<std::string> names = parsed.parameter_names();
    if (names.size() > parameters_max) {
        refuse(pattern, "has " + std::to_string(names.size()) + " parameters; at most " + std::to_string(parameters_max) +
                            " are possible");
    }
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) refuse(pattern, "has the parameter \"" + *twice + "\" twice");
}

}  // namespace

bool RoutePattern::is_static() const {
    return std::all_of(segments.begin(), segments.end(), [](const Segment& s) { return s.kind == Kind::Literal; });
}

std::vector<std::string> RoutePattern::parameter_names() const {
    std::vector<std::string> names;
    for (const Segment& segment : segments) {
        if (segment.kind != Kind::Literal) names.push_back(segment.text);
    }
    return names;
}

RoutePattern parse_route_pattern(std::string_view pattern) {
    if (!pattern.starts_with('/')) refuse(pattern, "does not begin with '/'");
    RoutePattern parsed;
    for (std::size_t begin = 1; begin <= pattern.size();) {
        const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
        const bool last = end == pattern.size();
        const std::string_view text = pattern.substr(begin, end - begin);
        if (text.empty() && !last) refuse(pattern, "has an empty segment");
        RoutePattern::Segment segment = parse_segment(pattern, text);
        if (segment.kind == Kind::Wildcard && !last) refuse(pattern, "goes on after \"" + std::string(text) + "\"");
        append_shape(parsed.shape, segment);
        parsed.segments.push_back(std::move(segment));
        begin = end + 1;
    }
    check_names(pattern, parsed);
    return parsed;
}

}  // namespace host::http
