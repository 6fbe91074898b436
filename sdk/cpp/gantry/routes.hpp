#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gantry/detail/serve.hpp>

namespace gantry {

namespace detail {

// A route being declared.
struct RouteEntry {
    std::string method;
    std::string pattern;
    std::string operation;
    std::string summary;
    std::string description;
    std::string request_schema;
    std::string response_schema;
    std::string response_type;
    Json parameters;  // JSON Schema of an object; null: none
    std::string parameters_schema;
    std::vector<std::string> scopes;
    gantry_route route{};
    std::shared_ptr<void> binding;  // what route.user points to
};

// Adds a property to the schema of an object.
inline void add_parameter(Json& object, std::string name, Json schema, bool required) {
    if (object.is_null()) object = Json::object({{"type", "object"}, {"properties", Json::object()}});
    if (object.find("properties") == nullptr) object.set("properties", Json::object());
    if (required) {
        Json names = object.find("required") != nullptr ? *object.find("required") : Json::array();
        names.push(name);
        object.set("required", std::move(names));
    }
    Json properties = *object.find("properties");
    properties.set(name, std::move(schema));
    object.set("properties", std::move(properties));
}

// "get /notes/{id}" becomes "get_notes_id", for routes that name no operation.
inline std::string default_operation(std::string_view method, std::string_view pattern) {
    std::string name;
    for (const char c : method)
        name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    bool between = true;
    for (const char c : pattern) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (word && between) name += '_';
        if (word) name += c;
        between = !word;
    }
    return name;
}

// The routes of one instance, kept until destroy(): the host may call a handler as long as stop() has not returned.
class RouteTable {
  public:
    explicit RouteTable(Context& context) : context_(context) {}

    template <typename Owner, typename Handler>
    RouteEntry& add(std::string_view method, std::string_view pattern, Owner& owner, Handler handler) {
        if (http_ == nullptr) http_ = service<gantry_http_server>(context_.host, GANTRY_HTTP_SERVER);
        auto entry = std::make_unique<RouteEntry>();
        entry->method = method;
        entry->pattern = pattern;
        entry->operation = default_operation(method, pattern);
        auto binding =
            std::shared_ptr<Binding<Owner, Handler>>(new Binding<Owner, Handler>{context_, http_, owner, handler});
        entry->route.user = binding.get();
        entry->route.handle = handle<Owner, Handler>;
        entry->binding = std::move(binding);
        entries_.push_back(std::move(entry));
        return *entries_.back();
    }

    // Hands all of them to the host; throws Error with the host's reason for the first it refuses.
    void declare() const {
        for (const auto& entry : entries_)
            declare(*entry);
    }

  private:
    void declare(RouteEntry& entry) const {
        GANTRY_DETAIL_USE(GANTRY_HTTP_SERVER, gantry_http_server, add_route);
        std::vector<gantry_str> scopes;
        for (const std::string& scope : entry.scopes)
            scopes.push_back(str(scope));
        gantry_route& route = entry.route;
        route.struct_size = sizeof route;
        route.method = str(entry.method);
        route.pattern = str(entry.pattern);
        route.operation_id = str(entry.operation);
        route.summary = str(entry.summary);
        route.description = str(entry.description);
        route.request_schema = str(entry.request_schema);
        route.response_schema = str(entry.response_schema);
        entry.parameters_schema = entry.parameters.is_null() ? std::string() : entry.parameters.dump();
        route.parameters_schema = str(entry.parameters_schema);
        route.response_type = str(entry.response_type);
        route.scopes = scopes.data();
        route.scopes_n = static_cast<std::uint32_t>(scopes.size());
        gantry_error error = empty_error();
        gantry_id route_id = 0;
        const gantry_status status = http_->add_route(context_.host, &route, &route_id, &error);
        if (status >= 0) return;
        const std::string reason = error.message[0] != '\0' ? error.message : "status " + std::to_string(status);
        throw Error(static_cast<Status>(status), "route " + entry.method + " " + entry.pattern + ": " + reason);
    }

    Context& context_;
    const gantry_http_server* http_ = nullptr;
    std::vector<std::unique_ptr<RouteEntry>> entries_;
};

}  // namespace detail

// What else is to be said about a route. Without scope() or authenticated() it is open to everybody.
class RouteBuilder {
  public:
    explicit RouteBuilder(detail::RouteEntry& entry) : entry_(entry) {}

    RouteBuilder& summary(std::string line) { return entry_.summary = std::move(line), *this; }
    RouteBuilder& description(std::string markdown) { return entry_.description = std::move(markdown), *this; }
    // Its name for clients, unique within the plugin: "show_note".
    RouteBuilder& operation(std::string name) { return entry_.operation = std::move(name), *this; }
    // Only for a principal that holds this scope, and every other one named here.
    RouteBuilder& scope(std::string name) {
        entry_.scopes.push_back(std::move(name));
        entry_.route.access = GANTRY_ACCESS_SCOPED;
        return *this;
    }
    // Only for a principal, whoever it is.
    RouteBuilder& authenticated() {
        if (entry_.route.access == GANTRY_ACCESS_PUBLIC) entry_.route.access = GANTRY_ACCESS_AUTHENTICATED;
        return *this;
    }
    // The handler may wait: it runs on the blocking pool.
    RouteBuilder& blocking() { return entry_.route.flags |= GANTRY_ROUTE_BLOCKING, *this; }
    // Left out of OpenAPI.
    RouteBuilder& internal() { return entry_.route.flags |= GANTRY_ROUTE_INTERNAL, *this; }
    RouteBuilder& deadline(std::chrono::milliseconds time_max) {
        return entry_.route.deadline_ms = static_cast<std::uint32_t>(time_max.count()), *this;
    }
    RouteBuilder& body_max(std::uint64_t bytes) { return entry_.route.body_bytes_max = bytes, *this; }
    // At most so many calls of each caller in any window of that length (100 ms to 31 days); above it 429. An administrator
    // changes it with a rule named "<plugin>_<operation>" in rate_limits.rules.
    RouteBuilder& limit(std::uint32_t calls, std::chrono::milliseconds window) {
        entry_.route.limit_calls = calls;
        return entry_.route.limit_window_ms = static_cast<std::uint32_t>(window.count()), *this;
    }
    // What follows is for OpenAPI; the handler checks for itself. "$defs" of a schema become components that all routes
    // of the plugin share.
    RouteBuilder& request_schema(const Json& schema) { return entry_.request_schema = schema.dump(), *this; }
    RouteBuilder& response_schema(const Json& schema) { return entry_.response_schema = schema.dump(), *this; }
    // How a success is answered, where it is not 200 or not JSON: answers(201), answers(200, "text/event-stream").
    RouteBuilder& answers(std::uint32_t status, std::string content_type = {}) {
        entry_.route.response_status = status;
        return entry_.response_type = std::move(content_type), *this;
    }
    // A query parameter. Its "description" is what stands beside it in the documentation.
    RouteBuilder& query(std::string name, Json schema) { return parameter(std::move(name), std::move(schema), false); }
    RouteBuilder& required_query(std::string name, Json schema) {
        return parameter(std::move(name), std::move(schema), true);
    }
    // All query parameters at once: the JSON Schema of an object with them as properties.
    RouteBuilder& parameters(Json schema) { return entry_.parameters = std::move(schema), *this; }

  private:
    RouteBuilder& parameter(std::string name, Json schema, bool required) {
        detail::add_parameter(entry_.parameters, std::move(name), std::move(schema), required);
        return *this;
    }

    detail::RouteEntry& entry_;
};

// Where a plugin declares its routes:
//
//     routes.get("/hello/{name}", &Hello::greet).summary("Greet somebody");
//
// A handler is a member function `Response (const Request&)`, which runs on an event loop and must not block, unless
// the route is blocking(); or a coroutine that returns Task<Response>, or Task<void> to stream.
template <typename Owner>
class Routes {
  public:
    Routes(detail::RouteTable& table, Owner& owner) : table_(table), owner_(owner) {}

    template <typename Handler>
    RouteBuilder get(std::string_view pattern, Handler handler) {
        return add("GET", pattern, handler);
    }
    template <typename Handler>
    RouteBuilder post(std::string_view pattern, Handler handler) {
        return add("POST", pattern, handler);
    }
    template <typename Handler>
    RouteBuilder put(std::string_view pattern, Handler handler) {
        return add("PUT", pattern, handler);
    }
    template <typename Handler>
    RouteBuilder patch(std::string_view pattern, Handler handler) {
        return add("PATCH", pattern, handler);
    }
    template <typename Handler>
    RouteBuilder del(std::string_view pattern, Handler handler) {
        return add("DELETE", pattern, handler);
    }

    // The same table for the handlers of another object, which must live as long as the plugin.
    template <typename Other>
    Routes<Other> with(Other& other) const {
        return Routes<Other>(table_, other);
    }

  private:
    template <typename Handler>
    RouteBuilder add(std::string_view method, std::string_view pattern, Handler handler) {
        static_assert(std::is_invocable_v<Handler, Owner&, const Request&>, "a handler takes a const gantry::Request&");
        return RouteBuilder(table_.add(method, pattern, owner_, handler));
    }

    detail::RouteTable& table_;
    Owner& owner_;
};

}  // namespace gantry
