#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <utility>

#include "host/http/websocket_loop.hpp"
#include "host/http/websocket_session.hpp"
#include "host/http/websocket_wire.hpp"

// Boost.Beast's part of a session. For the files of WebSocketSession only.
namespace host::http {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using error_code = boost::system::error_code;

struct WebSocketSession::Beast {
    Beast(net::io_context& context, Handover handover) : stream(context, std::move(handover)) {}
    WebSocketWire& wire() { return stream.next_layer(); }

    websocket::stream<WebSocketWire, false> stream;
    beast::flat_buffer buffer;
    error_code failure;
};

// Weak: what is posted must not keep a session that the loop will never run again.
template <typename Work>
void WebSocketSession::post(Work work) {
    net::post(loop_->context, [weak = weak_from_this(), work = std::move(work)]() mutable {
        if (const auto self = weak.lock()) work(*self);
    });
}

}  // namespace host::http
