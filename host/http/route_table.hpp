#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/http/param.hpp"
#include "host/http/route.hpp"
#include "host/http/route_tree.hpp"

namespace host::http {

// What serves a method and a path.
struct Lookup {
    enum class Outcome { Found, MethodNotAllowed, NotFound, Malformed };
    Outcome outcome = Outcome::NotFound;
    const Route* route = nullptr;  // Found; lives as long as the table
    std::vector<Param> params;     // Found; the names point into the table
    std::string allow;             // MethodNotAllowed: "GET, HEAD, OPTIONS"
    const char* why = nullptr;     // Malformed: "the path has a '%' that is not followed by two hexadecimal digits"
};

// All routes of a generation. Immutable: any thread, no lock.
//
// Static segments beat parameters, parameters beat wildcards, segment by segment from the left, with a way back; the
// first match that has the method wins. A path is split before it is decoded: "%2F" is a character of a parameter, never
// a separator. "." and ".." are not resolved but refused, whatever way they are spelled. HEAD is served by GET.
class RouteTable {
  public:
    RouteTable(const RouteTable&) = delete;
    RouteTable& operator=(const RouteTable&) = delete;

    // `path` is as sent, still percent-encoded. Allocates nothing when a static path is found.
    Lookup lookup(std::string_view method, std::string_view path) const;
    // The route alone, null if there is none: what lookup() would find, without its parameters.
    const Route* find(std::string_view method, std::string_view path) const;
    // The methods that a path has, for Allow; empty if the path has no route. "*": those of the whole table.
    std::string allow(std::string_view path) const;
    // By pattern, then by method.
    std::span<const Route> routes() const { return routes_; }

  private:
    friend class RouteTableBuilder;
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Match;

    RouteTable(std::vector<Route> routes, std::shared_ptr<const void> pinned);
    Match match(std::string_view method, std::string_view path) const;
    const std::uint32_t* serving(const RouteEndpoint& endpoint, std::string_view method) const;
    std::vector<Param> params_of(const Match& match) const;

    std::shared_ptr<const void> pinned_;  // first in, last out: the routes' handlers live in what it holds
    std::vector<Route> routes_;
    std::vector<std::vector<std::string>> names_;  // of the parameters, by route
    RouteTree tree_;
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> static_paths_;  // to an endpoint of the tree
};

// Collects routes until a table is made of them.
class RouteTableBuilder {
  public:
    // Throws InvalidArgument for a route that cannot be, Conflict naming both owners and both patterns.
    void add(Route route);
    // `pinned` is kept as long as the table: the generation whose plugins the routes belong to. Its last owner may be a
    // request that ends on any thread, also inside a call from a plugin: what it frees must not be unmapped there and then.
    std::shared_ptr<const RouteTable> freeze(std::shared_ptr<const void> pinned = nullptr) &&;

  private:
    std::vector<Route> routes_;
    std::map<std::pair<std::string, std::string>, std::size_t> taken_;  // method and shape
};

}  // namespace host::http
