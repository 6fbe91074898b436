#include "host/admin/batch_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "host/core/error.hpp"
#include "host/http/syntax.hpp"

namespace host::admin {

namespace {

using core::Code;
using core::Error;
using http::equal_names;

constexpr std::size_t headers_max = 50;
constexpr std::size_t target_bytes_max = 8 * 1024;
constexpr std::size_t id_bytes_max = 100;

// Who calls, and from where, is said once, by the batch itself. The others frame a message or belong to one connection.
constexpr std::array<std::string_view, 22> not_of_an_item = {"Authorization",
                                                             "Cookie",
                                                             "X-Api-Key",
                                                             "X-Csrf-Token",
                                                             "X-Act-As-User",
                                                             "Proxy-Authorization",
                                                             "X-Forwarded-For",
                                                             "Forwarded",
                                                             "X-Real-Ip",
                                                             "X-Request-Id",
                                                             "Host",
                                                             "Origin",
                                                             "Connection",
                                                             "Keep-Alive",
                                                             "Content-Length",
                                                             "Upgrade",
                                                             "Transfer-Encoding",
                                                             "Te",
                                                             "Trailer",
                                                             "Expect",
                                                             "Accept-Encoding",
                                                             "Proxy-Connection"};
// Of the batch's own, these are about its body and its answer; an item has its own.
constexpr std::array<std::string_view, 17> not_of_the_batch = {
    "Content-Type", "Content-Length",  "Content-Encoding", "Transfer-Encoding",
    "Te",           "Trailer",         "Connection",       "Keep-Alive",
    "Upgrade",      "Expect",          "Accept",           "Accept-Encoding",
    "Range",        "Idempotency-Key", "X-Request-Id",     "Proxy-Connection",
    "Last-Event-Id"};

template <std::size_t Count>
bool is_among(const std::array<std::string_view, Count>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view each) { return equal_names(each, name); });
}

bool is_of_the_batch_alone(std::string_view name) {
    constexpr std::string_view conditional = "If-", websocket = "Sec-WebSocket-";
    return is_among(not_of_the_batch, name) || equal_names(name.substr(0, conditional.size()), conditional) ||
           equal_names(name.substr(0, websocket.size()), websocket);
}

Error wrong(std::size_t number, const std::string& what) {
    return {Code::InvalidArgument, "requests[" + std::to_string(number) + "]: " + what};
}

std::string text_of(const Json& item, const char* name, std::size_t number) {
    const Json* value = item.find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) throw wrong(number, std::string(name) + " must be text");
    return value->as_string();
}

bool is_target(std::string_view text) {
    return text.starts_with('/') && text.size() <= target_bytes_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

void read_headers(const Json& item, std::size_t number, BatchItem& read) {
    const Json* headers = item.find("headers");
    if (headers == nullptr) return;
    if (!headers->is_object() || headers->members().size() > headers_max)
        throw wrong(number, "headers must be an object of at most " + std::to_string(headers_max) + " members");
    for (const auto& [name, value] : headers->members()) {
        if (!http::is_token(name) || !value.is_string() || !http::is_field_value(value.as_string()))
            throw wrong(number, "a header is a name and a text without control characters");
        if (is_among(not_of_an_item, name))
            throw wrong(number, "the header " + name + " is the batch's own: it counts for all its requests");
        read.headers.emplace_back(name, value.as_string());
    }
}

const std::string* header(const BatchItem& item, std::string_view name) {
    for (const auto& [each, value] : item.headers)
        if (equal_names(each, name)) return &value;
    return nullptr;
}

// Text goes out as it is where the item says that it is no JSON; everything else as JSON.
void read_body(const Json& item, BatchItem& read) {
    const Json* body = item.find("body");
    if (body == nullptr) return;
    const std::string* type = header(read, "Content-Type");
    const bool raw = type != nullptr && body->is_string() && type->find("json") == std::string::npos;
    read.body = raw ? body->as_string() : body->dump();
    if (type == nullptr) read.headers.emplace_back("Content-Type", "application/json");
}

BatchItem item_of(const Json& item, std::size_t number) {
    if (!item.is_object()) throw wrong(number, "expected an object");
    for (const auto& [name, value] : item.members()) {
        constexpr std::array<std::string_view, 5> known = {"id", "method", "path", "headers", "body"};
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw wrong(number, "expected id, method, path, headers or body, found \"" + name + "\"");
    }
    BatchItem read{text_of(item, "id", number), text_of(item, "method", number), text_of(item, "path", number), {}, {}};
    if (read.id.size() > id_bytes_max) throw wrong(number, "id is longer than " + std::to_string(id_bytes_max) + " bytes");
    if (read.method.empty()) read.method = "GET";
    if (!http::is_token(read.method) || read.method == "CONNECT") throw wrong(number, "method is none");
    if (!is_target(read.target)) throw wrong(number, "path must begin with / and be percent-encoded");
    read_headers(item, number, read);
    read_body(item, read);
    return read;
}

}  // namespace

std::vector<BatchItem> batch_items_of(const Json& body) {
    const Json* requests = body.find("requests");
    if (requests == nullptr || !requests->is_array() || body.members().size() != 1)
        throw Error(Code::InvalidArgument, "expected {\"requests\":[...]}");
    const std::size_t count = requests->items().size();
    if (count == 0 || count > batch_items_max)
        throw Error(Code::InvalidArgument,
                    "a batch has 1 to " + std::to_string(batch_items_max) + " requests, found " + std::to_string(count));
    std::vector<BatchItem> items;
    for (const Json& item : requests->items())
        items.push_back(item_of(item, items.size()));
    return items;
}

std::unique_ptr<http::KeptRequest> request_of(const BatchItem& item, std::size_t number, const http::Exchange& batch) {
    const http::Request& whole = batch.request();
    const std::string request_id = batch.request_id() + "." + std::to_string(number);
    const std::string length = std::to_string(item.body.size());
    http::Request made;
    made.method = item.method;
    made.target = item.target;
    const std::size_t question = std::min(item.target.find('?'), item.target.size());
    made.path = std::string_view(item.target).substr(0, question);
    made.query = std::string_view(item.target).substr(std::min(question + 1, item.target.size()));
    made.peer = whole.peer;
    made.tls = whole.tls;
    made.client_subject = whole.client_subject;
    for (const http::Field& field : whole.fields) {
        if (!is_of_the_batch_alone(field.name) && header(item, field.name) == nullptr) made.fields.push_back(field);
    }
    for (const auto& [name, value] : item.headers)
        made.fields.push_back({name, value});
    made.fields.push_back({"X-Request-Id", request_id});
    if (!item.body.empty()) made.fields.push_back({"Content-Length", length});
    made.body = item.body;
    return std::make_unique<http::KeptRequest>(made);
}

}  // namespace host::admin
