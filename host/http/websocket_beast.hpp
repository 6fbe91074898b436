#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <utility>

#include "host/http/websocket_loop.hpp"
#include "host/http/websocket_session.hpp"
#include "host/http/websocket_wire.hpp"

// Boost.Beast's part of a session. For the files of WebSocketSession only.
namespace host::http {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using error_code = boost::system::error_code;

// Of a message that has not begun to arrive, Beast wants the room beforehand: for every idle socket. It gets little here,
// and all that it asks for as soon as the length of the message is known.
class MessageBuffer : public beast::flat_buffer {
  public:
    static constexpr std::size_t idle_bytes_max = 256;
    std::size_t max_size() const { return std::min(basic_flat_buffer::max_size(), size() + idle_bytes_max); }
    // What is left by the message before is given back if it is more than that.
    void settle() {
        clear();
        if (capacity() > idle_bytes_max) shrink_to_fit();
    }
};

struct WebSocketSession::Beast {
    Beast(net::io_context& context, Handover handover) : stream(context, std::move(handover)) {}
    WebSocketWire& wire() { return stream.next_layer(); }

    websocket::stream<WebSocketWire, false> stream;
    MessageBuffer buffer;
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
