#include "host/http/utf8.hpp"

namespace host::http {

namespace {

// What the second byte may be: the place where overlong forms, surrogates and values above U+10FFFF show.
struct Lead {
    std::size_t size;
    unsigned char second_min;
    unsigned char second_max;
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, 0, 0};
    if (byte < 0xc2) return {0, 0, 0};
    if (byte < 0xe0) return {2, 0x80, 0xbf};
    if (byte == 0xe0) return {3, 0xa0, 0xbf};
    if (byte == 0xed) return {3, 0x80, 0x9f};
    if (byte < 0xf0) return {3, 0x80, 0xbf};
    if (byte == 0xf0) return {4, 0x90, 0xbf};
    if (byte < 0xf4) return {4, 0x80, 0xbf};
    if (byte == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

}  // namespace

std::size_t utf8_size_at(std::string_view text, std::size_t at) {
    const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
    if (lead.size <= 1) return lead.size;
    if (text.size() - at < lead.size) return 0;
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if (second < lead.second_min || second > lead.second_max) return 0;
    for (std::size_t i = 2; i < lead.size; ++i) {
        if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
    }
    return lead.size;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = utf8_size_at(text, at);
        if (size == 0) return false;
        at += size;
    }
    return true;
}

}  // namespace host::http
