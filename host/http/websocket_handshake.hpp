#pragma once

#include <string>
#include <string_view>

#include "host/http/cors.hpp"
#include "host/http/message.hpp"

// The client's side of the handshake (RFC 6455 section 4.2.1), seen from the server.
namespace host::http {

// Throws InvalidArgument named UPGRADE_REQUIRED for a request that does not ask for a WebSocket of version 13.
void require_websocket_handshake(const Request& request);
// Browsers let any page open a socket to anywhere, with the user's cookies: only the server can refuse. Throws Denied named
// ORIGIN_NOT_ALLOWED for a page of another origin, unless CORS admits that origin. Who is no browser sends no Origin.
void require_known_origin(const Request& request, const CorsPolicy& cors);
// Throws InvalidArgument for a subprotocol that the client did not offer; empty: none.
void require_offered(const Request& request, std::string_view subprotocol);

// The fields that the answer depends on, kept.
struct WebSocketHandshake {
    std::string target;
    std::string host;
    std::string key;
    std::string subprotocol;  // chosen; empty: none
    std::string request_id;
};

}  // namespace host::http
