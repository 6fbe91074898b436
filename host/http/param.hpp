#pragma once

#include <string>
#include <string_view>

namespace host::http {

// A path parameter of a request.
struct Param {
    std::string_view name;  // lives as long as the route table
    std::string value;      // percent-decoded, UTF-8, no NUL
};

}  // namespace host::http
