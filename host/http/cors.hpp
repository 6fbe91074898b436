#pragma once

#include <string>
#include <string_view>

#include "host/http/message.hpp"
#include "host/http/settings.hpp"

namespace host::http {

// Which pages of other origins may read our answers (the CORS protocol of the Fetch standard).
class CorsPolicy {
  public:
    // Throws InvalidArgument for "*" beside other origins or with credentials.
    explicit CorsPolicy(Cors settings);

    // Does this OPTIONS request ask, on behalf of a page that may, whether a request could be made?
    bool is_preflight(const Request& request) const;
    // The fields for the answer to an actual request, as lines of a head.
    std::string lines_for(const Request& request) const;
    // The same for a preflight; `methods` is what the resource allows: "GET, HEAD, OPTIONS".
    std::string preflight_lines_for(const Request& request, std::string_view methods) const;

    // May pages of that origin read our answers?
    bool admits(std::string_view origin) const { return allows(origin); }

  private:
    bool allows(std::string_view origin) const;

    Cors settings_;
    bool any_ = false;
};

}  // namespace host::http
