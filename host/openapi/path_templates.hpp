#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace host::openapi {

// A route's pattern as OpenAPI writes it.
struct PathTemplate {
    struct Parameter {
        std::string name;
        bool rest;  // takes all that is left of the path, slashes included; OpenAPI cannot say so
    };
    std::string text;  // "/files/{name}"
    std::vector<Parameter> parameters;
};

// Patterns that differ only in the names of their parameters are one path to OpenAPI: the first one's names are used.
class PathTemplates {
  public:
    PathTemplate of(std::string_view pattern);

  private:
    std::map<std::string, PathTemplate> by_shape_;
};

}  // namespace host::openapi
