#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/text.hpp>

namespace gantry::testing {

// How a path fits the pattern of a route.
struct RouteMatch {
    std::vector<std::pair<std::string, std::string>> params;  // percent-decoded
    std::string rank;  // the greatest wins: for each segment 3 static, 2 parameter, 1 wildcard
};

inline std::string percent_decode(std::string_view text) {
    std::string escaped;
    for (const char c : text)
        escaped += c == '+' ? std::string("%2B") : std::string(1, c);
    return form_decode(escaped).value_or(std::string(text));
}

// The part up to the next '/', which is removed from `rest` with it.
inline std::string_view take_segment(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return segment;
}

inline std::optional<RouteMatch> match_route(std::string_view pattern, std::string_view path) {
    RouteMatch match;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    while (!pattern.empty()) {
        const std::string_view wanted = take_segment(pattern);
        if (path.empty()) return std::nullopt;
        if (wanted.starts_with('{') && wanted.ends_with("...}")) {
            match.params.emplace_back(wanted.substr(1, wanted.size() - 5), percent_decode(path));
            match.rank += '1';
            return match;
        }
        const std::string_view found = take_segment(path);
        if (wanted.starts_with('{')) {
            match.params.emplace_back(wanted.substr(1, wanted.size() - 2), percent_decode(found));
            match.rank += '2';
        } else if (wanted == found) {
            match.rank += '3';
        } else {
            return std::nullopt;
        }
    }
    return path.empty() ? std::optional<RouteMatch>(std::move(match)) : std::nullopt;
}

}  // namespace gantry::testing
