#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/json.hpp>

#include "host/http/exchange.hpp"
#include "host/http/route.hpp"

// What the host's own routes have in common.
namespace host::admin {

using gantry::Json;
using Exchange = std::shared_ptr<http::Exchange>;

inline constexpr const char* read_scope = "host:read";
inline constexpr const char* write_scope = "host:write";

void send_json(http::Exchange& exchange, const Json& body, std::uint16_t status = 200);

// A route of the host's on the blocking pool, for a principal that holds `scope`; empty: for everybody.
struct Declared {
    const char* method;
    const char* pattern;
    const char* operation_id;
    const char* summary;
    const char* scope = "";
};
http::Route route(const Declared& declared, std::function<void(const Exchange&)> handle);

// The path parameter of that name.
std::string param(const http::Exchange& exchange, std::string_view name);
// The first query parameter of that name as a whole number between the bounds; `otherwise` if there is none. Throws
// InvalidArgument.
std::int64_t query_number(const http::Exchange& exchange, std::string_view name, std::int64_t otherwise, std::int64_t most,
                          std::int64_t least = 0);
// The same as text; empty if there is none. Throws InvalidArgument for what is not UTF-8 or has a NUL.
std::string query_text(const http::Exchange& exchange, std::string_view name);
// The body as a JSON object. Throws InvalidArgument.
Json json_body(const http::Exchange& exchange);

// {"items":[],"total","limit","offset","has_more"} of what `all` has between the query's limit and offset.
Json page_of(const http::Exchange& exchange, const std::vector<Json>& all);

// The query's limit for pages with a cursor: 1 to 500, 50 where it says nothing. Throws InvalidArgument.
std::size_t page_limit(const http::Exchange& exchange);
// {"items":[],"limit","has_more","next_cursor"}: what follows the last page's end is not counted. `next` empty: the last.
Json cursor_page(std::vector<Json> items, std::size_t limit, const std::string& next);

// Null for what has not happened, and what is not there.
Json time_or_null(std::int64_t wall_us);
Json text_or_null(const std::string& text);

// The route with the schema of its success.
http::Route answering(http::Route route, std::string response_schema);

}  // namespace host::admin
