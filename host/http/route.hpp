#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace host::http {

class Exchange;
class RouteLimit;
class RouteMeter;

enum class Access { Public, Authenticated, Scoped };

// An answer of a route that is neither its success nor a problem, for OpenAPI: readiness answers 503 with a report.
struct OtherAnswer {
    std::uint16_t status;
    std::string description;
    std::string schema;  // JSON Schema
};

// One route: what is served where, by whom, and within which limits. Immutable once it stands in a table.
struct Route {
    std::string method;   // "GET"; GET also answers HEAD
    std::string pattern;  // "/notes/{id}", "/files/{path...}"
    std::string owner;    // "host" or a plugin's id
    std::string operation_id;
    std::string summary;
    std::string description;
    std::string request_schema;         // JSON Schema of the body
    std::string parameters_schema;      // of an object whose properties are the query parameters
    std::string response_schema;        // of the body of a success
    std::string response_type;          // its media type; empty: JSON if there is a schema
    std::uint16_t response_status = 0;  // 0: some 2xx
    std::vector<OtherAnswer> other_answers;
    std::vector<std::string> scopes;
    Access access = Access::Public;
    bool blocking = false;                  // run on the blocking pool
    bool internal = false;                  // left out of OpenAPI
    std::chrono::milliseconds deadline{0};  // 0: the server's
    std::uint64_t body_bytes_max = 0;       // 0: the server's
    std::uint64_t limit_calls = 0;          // of each caller in any limit_window; 0: no limit is declared
    std::chrono::milliseconds limit_window{0};
    // Answers now or later through the exchange; throws core::Error for a problem. Worker or blocking thread.
    std::function<void(const std::shared_ptr<Exchange>&)> handle;
    std::shared_ptr<RouteMeter> meter = nullptr;  // null: nobody counts
    std::shared_ptr<RouteLimit> limit = nullptr;  // null: as often as one likes
};

// "notes_create_note": of the limit that the route declares itself.
inline std::string declared_limit_name(const Route& route) {
    return route.owner + "_" + route.operation_id;
}

}  // namespace host::http
