#pragma once

#include <set>
#include <string>
#include <string_view>

#include "host/http/route.hpp"

namespace host::openapi {

// `text` with '_' for every character that cannot stand in the name of a component or an operation.
std::string safe_name(std::string_view text);

// "<plugin>_<operation>": the names by which generated clients know operations. Unique in the document.
class OperationIds {
  public:
    std::string of(const http::Route& route);

  private:
    std::set<std::string> taken_;
};

}  // namespace host::openapi
