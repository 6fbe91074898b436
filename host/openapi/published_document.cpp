#include "host/openapi/published_document.hpp"

#include <utility>

#include "host/core/sha256.hpp"
#include "host/http/conditional.hpp"
#include "host/http/exchange.hpp"
#include "host/openapi/document.hpp"

namespace host::openapi {

namespace {

// The text is shared by all answers: none copies it.
http::Bytes view_of(std::shared_ptr<const std::string> text) {
    const auto nothing_to_free = [](void*, const void*, std::size_t) {};
    return http::Bytes(gantry_slice{text->data(), text->size(), nothing_to_free, nullptr}, text);
}

}  // namespace

http::Route PublishedDocument::route() {
    http::Route route;
    route.method = "GET";
    route.pattern = "/openapi.json";
    route.owner = "host";
    route.operation_id = "show_api";
    route.summary = "This document";
    route.response_schema = R"({"type":"object"})";
    route.response_status = 200;
    route.handle = [rendered = rendered_](const std::shared_ptr<http::Exchange>& exchange) {
        const http::Validators validators{rendered->etag, std::nullopt};
        const bool known = http::is_not_modified(exchange->request(), validators);
        http::Head head(known ? 304 : 200);
        head.add_raw("Content-Type: application/json\r\nCache-Control: no-cache\r\n");
        head.add_raw(http::validator_lines(validators));
        exchange->send(std::move(head), known ? http::Bytes() : view_of({rendered, &rendered->json}));
    };
    return route;
}

void PublishedDocument::render(const http::RouteTable& table, const Description& description) {
    rendered_->json = document(table.routes(), description).dump();
    rendered_->etag = "\"" + core::sha256_hex(rendered_->json).substr(0, 32) + "\"";
}

}  // namespace host::openapi
