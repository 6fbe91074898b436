#pragma once

#include <memory>
#include <string>

#include "host/http/route.hpp"
#include "host/http/route_table.hpp"
#include "host/openapi/description.hpp"

namespace host::openapi {

// The document of one route table and the route that serves it, GET /openapi.json. The route stands in the very table that
// it describes: so it is made first, and rendered once, when the table is frozen and before it is published.
class PublishedDocument {
  public:
    http::Route route();
    // [control]
    void render(const http::RouteTable& table, const Description& description);
    const std::string& json() const { return rendered_->json; }

  private:
    struct Rendered {
        std::string json;
        std::string etag;
    };
    std::shared_ptr<Rendered> rendered_ = std::make_shared<Rendered>();
};

}  // namespace host::openapi
