#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/core/locked.hpp"
#include "host/http/route.hpp"
#include "host/http/route_table.hpp"

namespace host::app {

// The routes of a generation while its plugins start. A plugin that fails takes its routes back; what remains becomes the
// table. Any thread.
class RouteCollection {
  public:
    // Throws Conflict naming both owners, InvalidArgument for a route that cannot be.
    void add(http::Route route);
    // Takes back what `owner` has added and hands it out.
    std::vector<http::Route> remove(const std::string& owner);

    // The table of all that was added; `pinned` lives as long as it. `complete`, if given, adds to each route what its
    // owner does not know of: who counts it.
    std::shared_ptr<const http::RouteTable> freeze(std::shared_ptr<const void> pinned,
                                                   const std::function<void(http::Route&)>& complete = nullptr) const;

  private:
    core::Locked<std::vector<http::Route>> routes_;
};

// Leaves it out if another owner has a route of that method and shape.
void add_unless_taken(RouteCollection& routes, http::Route route);

}  // namespace host::app
