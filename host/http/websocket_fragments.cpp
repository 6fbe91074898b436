#include "host/http/websocket_fragments.hpp"

#include <algorithm>

namespace host::http {

namespace {

constexpr unsigned char last_fragment = 0x80;
constexpr unsigned char control_opcode = 0x08;
constexpr unsigned char masked = 0x80;
constexpr unsigned char length = 0x7f;
constexpr unsigned char length_of_16_bits = 126;

}  // namespace

std::size_t WebSocketFragments::head_bytes() const {
    if (have_ < 2) return 2;
    const unsigned char size = head_[1] & length;
    return 2 + (size < length_of_16_bits ? 0u : size == length_of_16_bits ? 2u : 8u) + ((head_[1] & masked) != 0 ? 4u : 0u);
}

std::uint64_t WebSocketFragments::payload_bytes() const {
    const unsigned char size = head_[1] & length;
    if (size < length_of_16_bits) return size;
    std::uint64_t bytes = 0;
    const std::size_t end = size == length_of_16_bits ? 4 : 10;
    for (std::size_t at = 2; at < end; ++at)
        bytes = bytes << 8 | head_[at];
    return bytes;
}

bool WebSocketFragments::is_small_fragment() const {
    return (head_[0] & (last_fragment | control_opcode)) == 0 && payload_bytes() < payload_bytes_min;
}

std::size_t WebSocketFragments::count(std::string_view bytes) {
    std::size_t small = 0;
    while (!bytes.empty()) {
        if (payload_left_ != 0) {
            const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
            payload_left_ -= skipped;
            bytes.remove_prefix(skipped);
            continue;
        }
        head_[have_++] = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        if (have_ < head_bytes()) continue;
        payload_left_ = payload_bytes();
        if (is_small_fragment()) ++small;
        have_ = 0;
    }
    return small;
}

}  // namespace host::http
