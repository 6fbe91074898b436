#include <utility>

#include "host/http/context.hpp"
#include "host/http/exchange.hpp"
#include "host/http/single_field.hpp"

namespace host::http {

std::shared_ptr<WebSocket> Exchange::accept(WebSocketHub& hub, WebSocketOffer offer, WebSocketEvents events) {
    constexpr std::uint16_t switching_protocols = 101;
    if (ended()) return nullptr;
    const Request& request = request_.view();
    require_websocket_handshake(request);
    if (!offer.any_origin) require_known_origin(request, context_.cors);
    require_offered(request, offer.subprotocol);
    WebSocketHub::Terms terms{
        {std::string(request.target), std::string(single_field(request, "Host")),
         std::string(single_field(request, "Sec-WebSocket-Key")), std::move(offer.subprotocol), request_id_},
        route_.owner,
        offer.instance,
        offer.message_bytes_max,
        offer.messages_per_second_max};
    hub.reserve();
    if (!claim({.next = State::Ended, .status = switching_protocols})) {
        hub.give_back();
        return nullptr;
    }
    WebSocketHub::Opened opened = hub.open(std::move(terms), std::move(events));
    {
        std::lock_guard pen(pen_);
        reply_.upgrade(std::move(opened.ticket));
    }
    account(Ending::Complete);
    return opened.socket;
}

}  // namespace host::http
