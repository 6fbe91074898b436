#include "host/openapi/operation_ids.hpp"

namespace host::openapi {

namespace {

bool is_safe(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// A plugin that names no operation gets the method and the path.
std::string operation_of(const http::Route& route) {
    return route.operation_id.empty() ? route.method + route.pattern : route.operation_id;
}

}  // namespace

std::string safe_name(std::string_view text) {
    std::string name(text);
    for (char& c : name) {
        if (!is_safe(c)) c = '_';
    }
    return name;
}

std::string OperationIds::of(const http::Route& route) {
    const std::string wanted = safe_name(route.owner + "_" + operation_of(route));
    std::string id = wanted;
    // a_b's "c" and a's "b_c" are one name, and nothing keeps a plugin from using a name twice.
    for (std::size_t next = 2; !taken_.insert(id).second; ++next)
        id = wanted + "_" + std::to_string(next);
    return id;
}

}  // namespace host::openapi
