#pragma once

#include "host/admin/answers.hpp"
#include "host/admin/batch_call.hpp"
#include "host/admin/batch_request.hpp"
#include "host/http/problem.hpp"

namespace host::admin {

// An item's answer as it stands in that of the batch: {"id","status","headers":{},"body"}. A body of JSON is that JSON, text
// is text, and everything else stands as base64 in "body_base64".
Json entry_of(const BatchItem& item, const BatchAnswer& answer, const std::string& request_id);
// The same for an item that got no further.
Json entry_of(const BatchItem& item, const http::Problem& problem, const std::string& request_id);

}  // namespace host::admin
