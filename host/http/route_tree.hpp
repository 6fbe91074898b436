#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/http/route_pattern.hpp"

namespace host::http {

// Where a path ends: the routes of one shape, by method.
struct RouteEndpoint {
    std::vector<std::pair<std::string, std::uint32_t>> methods;  // method, index of the route
};

// The raw text of a path's parameters, in order, still percent-encoded.
struct Captures {
    std::array<std::string_view, parameters_max> raw;
    std::size_t count = 0;
};

// The shapes of all patterns as a tree of segments. Knows no routes, only their numbers.
class RouteTree {
  public:
    RouteTree() : nodes_(1) {}

    // The endpoint's number; the same for equal shapes.
    std::size_t add(const RoutePattern& pattern);
    RouteEndpoint& endpoint(std::size_t number) { return endpoints_[number]; }
    const RouteEndpoint& endpoint(std::size_t number) const { return endpoints_[number]; }

    // Visits the endpoints that fit a well-formed path, the most specific first, until `visit(endpoint, captures)` returns
    // true. False: none did.
    template <typename Visit>
    bool walk(std::string_view path, Visit&& visit) const {
        Captures captures;
        return walk_from(nodes_[0], path.substr(1), captures, visit);
    }

  private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    struct Node {
        std::map<std::string, std::uint32_t, std::less<>> literals;
        std::uint32_t parameter = none;  // a node
        std::uint32_t endpoint = none;   // for paths that end here
        std::uint32_t wildcard = none;   // an endpoint, for all that goes on
    };

    std::uint32_t next_node(std::uint32_t node, const RoutePattern::Segment& segment);
    std::uint32_t new_endpoint();
    std::uint32_t literal_child(const Node& node, std::string_view raw) const;

    template <typename Visit>
    bool walk_from(const Node& node, std::string_view rest, Captures& captures, Visit& visit) const {
        const std::size_t slash = rest.find('/');
        const std::string_view raw = rest.substr(0, slash);
        const auto step = [&](std::uint32_t child) {
            if (child == none) return false;
            const Node& next = nodes_[child];
            if (slash != std::string_view::npos) return walk_from(next, rest.substr(slash + 1), captures, visit);
            return next.endpoint != none && visit(endpoints_[next.endpoint], captures);
        };
        if (step(literal_child(node, raw))) return true;

        const std::size_t count = captures.count;
        if (node.parameter != none && !raw.empty()) {
            captures.raw[captures.count++] = raw;
            if (step(node.parameter)) return true;
            captures.count = count;
        }
        if (node.wildcard == none) return false;
        captures.raw[captures.count++] = rest;
        const bool done = visit(endpoints_[node.wildcard], captures);
        captures.count = count;
        return done;
    }

    std::vector<Node> nodes_;
    std::vector<RouteEndpoint> endpoints_;
};

}  // namespace host::http
