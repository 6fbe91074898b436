#include "host/http/cors.hpp"

#include <algorithm>
#include <utility>

#include "host/core/error.hpp"
#include "host/http/single_field.hpp"

namespace host::http {

namespace {

constexpr std::string_view exposed =
    "Access-Control-Expose-Headers: X-Request-Id, Retry-After, Location, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset\r\n";
constexpr std::size_t asked_headers_size_max = 1024;

bool is_name_list_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ',' ||
           c == ' ';
}

// The list is echoed into our head, so nothing may stand in it but names.
bool is_name_list(std::string_view text) {
    return !text.empty() && text.size() <= asked_headers_size_max &&
           std::all_of(text.begin(), text.end(), is_name_list_character);
}

}  // namespace

CorsPolicy::CorsPolicy(Cors settings) : settings_(std::move(settings)) {
    any_ = std::find(settings_.origins.begin(), settings_.origins.end(), "*") != settings_.origins.end();
    if (any_ && settings_.origins.size() > 1) {
        throw core::Error{core::Code::InvalidArgument,
                          "cors.origins has \"*\" beside other origins; \"*\" must stand alone"};
    }
    if (any_ && settings_.credentials) {
        throw core::Error{core::Code::InvalidArgument,
                          "cors.credentials is on with the origin \"*\"; name the origins that may send credentials"};
    }
}

bool CorsPolicy::allows(std::string_view origin) const {
    if (origin.empty()) return false;
    return any_ || std::find(settings_.origins.begin(), settings_.origins.end(), origin) != settings_.origins.end();
}

bool CorsPolicy::is_preflight(const Request& request) const {
    if (settings_.origins.empty() || request.method != "OPTIONS") return false;
    return allows(single_field(request, "Origin")) && !single_field(request, "Access-Control-Request-Method").empty();
}

std::string CorsPolicy::lines_for(const Request& request) const {
    std::string lines;
    if (settings_.origins.empty()) return lines;
    // Caches must keep the answers for different origins apart, also the one for no origin at all.
    if (!any_) lines.append("Vary: Origin\r\n");
    const std::string_view origin = single_field(request, "Origin");
    if (!allows(origin)) return lines;
    lines.append("Access-Control-Allow-Origin: ").append(any_ ? "*" : origin).append("\r\n").append(exposed);
    if (settings_.credentials) lines.append("Access-Control-Allow-Credentials: true\r\n");
    return lines;
}

std::string CorsPolicy::preflight_lines_for(const Request& request, std::string_view methods) const {
    std::string lines = lines_for(request);
    lines.append("Vary: Access-Control-Request-Method, Access-Control-Request-Headers\r\n");
    lines.append("Access-Control-Allow-Methods: ").append(methods).append("\r\n");
    const std::string_view asked = single_field(request, "Access-Control-Request-Headers");
    if (is_name_list(asked)) lines.append("Access-Control-Allow-Headers: ").append(asked).append("\r\n");
    lines.append("Access-Control-Max-Age: ").append(std::to_string(settings_.max_age.count())).append("\r\n");
    return lines;
}

}  // namespace host::http
