#pragma once

#include <string_view>

#include "host/http/message.hpp"

namespace host::http {

// W3C Trace Context, level 1: "00-<32 hex>-<16 hex>-<2 hex>", lower case, ids not all zero. A later version may append
// more after another '-'.
bool is_traceparent(std::string_view value);
// The request's traceparent if there is one and it is valid, else empty. None is invented: the host keeps no spans, and
// a made-up parent would send whoever follows the trace to nowhere.
std::string_view traceparent_of(const Request& request);

}  // namespace host::http
