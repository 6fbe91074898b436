#include "host/http/websocket_handshake.hpp"

#include <algorithm>

#include "host/core/error.hpp"
#include "host/http/single_field.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// 16 bytes in base64.
bool is_key(std::string_view text) {
    const auto in_base64 = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    };
    return text.size() == 24 && text.ends_with("==") && std::all_of(text.begin(), text.end() - 2, in_base64);
}

bool lists(const Request& request, std::string_view name, std::string_view wanted) {
    return std::any_of(request.fields.begin(), request.fields.end(),
                       [&](const Field& field) { return equal_names(field.name, name) && list_has(field.value, wanted); });
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

// "example.org" is "example.org:443" on TLS.
std::string with_port(std::string_view host, bool tls) {
    const std::size_t colon = host.rfind(':');
    const std::size_t bracket = host.rfind(']');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return lower(host) + (has_port ? "" : tls ? ":443" : ":80");
}

}  // namespace

void require_websocket_handshake(const Request& request) {
    const bool asks = request.method == "GET" && request.minor_version == 1 && lists(request, "Connection", "upgrade") &&
                      lists(request, "Upgrade", "websocket") && is_key(single_field(request, "Sec-WebSocket-Key"));
    if (asks && single_field(request, "Sec-WebSocket-Version") == "13") return;
    throw core::Error(core::Code::InvalidArgument,
                      "expected a WebSocket handshake of version 13 (RFC 6455), found another request", "Upgrade",
                      "UPGRADE_REQUIRED");
}

void require_known_origin(const Request& request, const CorsPolicy& cors) {
    if (request.find("Origin") == nullptr) return;
    const std::string_view origin = single_field(request, "Origin");
    if (cors.admits(origin)) return;
    const std::string_view host = single_field(request, "Host");
    for (const bool tls : {false, true}) {
        const std::string_view scheme = tls ? "https://" : "http://";
        // A proxy before us may speak the TLS: the page's own scheme says which port is meant.
        if (origin.starts_with(scheme) && with_port(origin.substr(scheme.size()), tls) == with_port(host, tls)) return;
    }
    throw core::Error(core::Code::Denied, "pages of this origin may not open a socket here", "Origin", "ORIGIN_NOT_ALLOWED");
}

void require_offered(const Request& request, std::string_view subprotocol) {
    if (subprotocol.empty()) return;
    const auto offers = [&](const Field& field) {
        if (!equal_names(field.name, "Sec-WebSocket-Protocol")) return false;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::string_view one = trim(rest.substr(0, rest.find(',')));
            if (one == subprotocol) return true;  // unlike most lists, case matters
            rest.remove_prefix(
                std::min(rest.find(',') == std::string_view::npos ? rest.size() : rest.find(',') + 1, rest.size()));
        }
        return false;
    };
    if (is_token(subprotocol) && std::any_of(request.fields.begin(), request.fields.end(), offers)) return;
    throw core::Error(core::Code::InvalidArgument, "the client has not offered the subprotocol " + std::string(subprotocol),
                      "subprotocol");
}

}  // namespace host::http
