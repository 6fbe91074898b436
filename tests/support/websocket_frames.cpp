#include "tests/support/websocket_frames.hpp"

#include <array>

namespace support::websocket {

namespace {

std::string number(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

}  // namespace

std::string frame(int opcode, std::string_view payload, const Shape& shape) {
    std::string bytes(1, static_cast<char>((shape.last ? 0x80 : 0) | shape.reserved << 4 | opcode));
    const int mask_bit = shape.masked ? 0x80 : 0;
    if (payload.size() < 126) {
        bytes += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
    } else if (payload.size() < 65536) {
        bytes += static_cast<char>(mask_bit | 126);
        bytes += number(payload.size(), 2);
    } else {
        bytes += static_cast<char>(mask_bit | 127);
        bytes += number(payload.size(), 8);
    }
    if (!shape.masked) return bytes.append(payload);
    constexpr std::array<char, 4> mask{'\x37', '\xfa', '\x21', '\x3d'};
    bytes.append(mask.data(), mask.size());
    for (std::size_t i = 0; i < payload.size(); ++i)
        bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
    return bytes;
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
    return frame(close, number(code, 2).append(reason));
}

std::uint16_t Frame::close_code() const {
    return payload.size() < 2 ? 0 : static_cast<std::uint16_t>(number_of(payload.substr(0, 2)));
}

Frame read_frame(const std::function<std::string(std::size_t)>& read) {
    const std::string head = read(2);
    const auto first = static_cast<unsigned char>(head.at(0)), second = static_cast<unsigned char>(head.at(1));
    std::uint64_t size = second & 0x7fU;
    if (size == 126) size = number_of(read(2));
    if (size == 127) size = number_of(read(8));
    Frame frame{first & 0x0f, (first & 0x80U) != 0, (second & 0x80U) != 0, {}};
    if (size != 0) frame.payload = read(size);
    return frame;
}

std::string handshake(std::string_view path, std::string_view fields) {
    return "GET " + std::string(path) +
           " HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(fields) + "\r\n";
}

}  // namespace support::websocket
