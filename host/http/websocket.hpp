#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/http/message.hpp"

namespace host::http {

enum class Opcode : std::uint8_t { Text = 1, Binary = 2 };  // RFC 6455 section 5.2

// RFC 6455 section 7.4.1.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t none = 1005;      // never sent: the client's close frame named none
inline constexpr std::uint16_t abnormal = 1006;  // never sent: there was no close frame
inline constexpr std::uint16_t bad_payload = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t service_restart = 1012;
}  // namespace close_code

// May an endpoint send it? 1000-1003, 1007-1014 and 3000-4999.
bool is_close_code(std::uint16_t code);

// What happens on a socket, one call at a time, on the sockets' thread, which must not be blocked. `closed` comes once and
// is the last.
struct WebSocketEvents {
    // A whole message, borrowed for the call; text is UTF-8. False: taken, but no more before resume().
    std::function<bool(Opcode opcode, std::string_view message)> message;
    std::function<void()> writable;  // after Sent::Again: go on
    std::function<void(std::uint16_t code, std::string_view reason)> closed;
};

// A WebSocket, from the moment its request was accepted. Any thread; the calls never call back.
class WebSocket {
  public:
    virtual ~WebSocket() = default;

    // Again: taken, but wait for writable(). Full: not taken, the client reads too slowly. Gone: not taken, it is closing.
    enum class Sent { Ok, Again, Full, Gone };
    // Throws InvalidArgument for a text that is not UTF-8.
    virtual Sent send(Opcode opcode, Bytes message) = 0;
    virtual void resume() = 0;
    // The close frame goes out behind what was sent; `closed` comes when the client has answered it, or has not. False: it
    // is closing already. Throws InvalidArgument for a code that may not be sent and a reason above 123 bytes.
    virtual bool close(std::uint16_t code, std::string_view reason) = 0;
    // The same from the host's side, but `closed` comes at once, on the sockets' thread: nothing is read for the plugin any
    // more.
    virtual void dismiss(std::uint16_t code, std::string_view reason) = 0;
};

}  // namespace host::http
