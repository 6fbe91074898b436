#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace host::http {

// Reads the heads of frames (RFC 6455, 5.2) as a client's bytes pass, and counts fragments that carry hardly more than their
// head: Boost.Beast, which reads the frames, tells of whole messages only, and a message of such fragments need never end.
class WebSocketFragments {
  public:
    // Below it a fragment's length fits into the first two bytes.
    static constexpr std::uint64_t payload_bytes_min = 126;

    // How many of them began in these bytes. What is no frame is counted somehow; Beast ends the connection over it.
    std::size_t count(std::string_view bytes);

  private:
    static constexpr std::size_t head_bytes_max = 14;
    std::size_t head_bytes() const;
    std::uint64_t payload_bytes() const;
    bool is_small_fragment() const;

    std::array<unsigned char, head_bytes_max> head_{};
    std::uint8_t have_ = 0;  // of the head
    std::uint64_t payload_left_ = 0;
};

}  // namespace host::http
