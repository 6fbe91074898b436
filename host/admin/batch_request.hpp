#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/admin/answers.hpp"
#include "host/http/message.hpp"

namespace host::admin {

// One request of a batch.
struct BatchItem {
    std::string id;  // as the client calls it; empty: it does not
    std::string method;
    std::string target;  // "/notes?limit=5"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

inline constexpr std::size_t batch_items_max = 20;

// {"requests":[{"id","method","path","headers":{},"body"}]}. Throws InvalidArgument that names the item.
std::vector<BatchItem> batch_items_of(const Json& body);

// The item as a request of its own: with what tells who calls and from where taken from the batch's, the rest its own.
// `number` makes its X-Request-Id.
std::unique_ptr<http::KeptRequest> request_of(const BatchItem& item, std::size_t number, const http::Exchange& batch);

}  // namespace host::admin
