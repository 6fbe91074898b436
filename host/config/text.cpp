#include "host/config/text.hpp"

#include <algorithm>

namespace host::config {

namespace {

constexpr std::size_t shown_max = 60;

unsigned char byte(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool is_continuation(unsigned char c) {
    return (c & 0xc0) == 0x80;
}

// Bytes of the well-formed UTF-8 sequence at `at` (RFC 3629: no surrogates, no overlong forms); 0: there is none.
std::size_t sequence_size(std::string_view text, std::size_t at) {
    const unsigned char first = byte(text, at);
    const unsigned char second = byte(text, at + 1);
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4 || !is_continuation(second)) return 0;
    if (first < 0xe0) return 2;
    if (!is_continuation(byte(text, at + 2))) return 0;
    if (first < 0xf0) return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ? 0 : 3;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    return is_continuation(byte(text, at + 3)) ? 4 : 0;
}

}  // namespace

std::size_t first_unsound_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const unsigned char c = byte(text, at);
        const bool line_end = c == '\n' || c == '\t' || (c == '\r' && byte(text, at + 1) == '\n');
        if ((c < 0x20 && !line_end) || c == 0x7f) return at;
        const std::size_t size = sequence_size(text, at);
        if (size == 0) return at;
        at += size;
    }
    return at;
}

std::size_t characters(std::string_view text) {
    const auto continuation = [](char c) { return is_continuation(static_cast<unsigned char>(c)); };
    return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continuation));
}

std::string shown(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (out.size() >= shown_max) return out + "...";
        const std::size_t size = sequence_size(text, at);
        const unsigned char c = byte(text, at);
        const bool plain = size > 0 && c >= 0x20 && c != 0x7f;
        out += plain ? std::string(text.substr(at, size)) : std::string("?");
        at += std::max<std::size_t>(size, 1);
    }
    return out;
}

}  // namespace host::config
