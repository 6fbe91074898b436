#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// RFC 6455 byte by byte, for clients that do right and for those that do wrong.
namespace support::websocket {

inline constexpr int continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10;

struct Shape {
    bool last = true;
    bool masked = true;
    int reserved = 0;  // the three bits, 4 is the first
};
std::string frame(int opcode, std::string_view payload, const Shape& shape = {true, true, 0});
std::string close_frame(std::uint16_t code, std::string_view reason = {});

struct Frame {
    int opcode = 0;
    bool last = true;
    bool masked = false;
    std::string payload;

    std::uint16_t close_code() const;  // 0: none
};
// `read` returns exactly so many bytes, or throws.
Frame read_frame(const std::function<std::string(std::size_t)>& read);

// A handshake; `fields` are whole lines.
std::string handshake(std::string_view path, std::string_view fields = {});
inline constexpr std::string_view accept_field = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

}  // namespace support::websocket
