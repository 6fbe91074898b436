#pragma once

// Between C++ text and the views of the ABI, and the small conversions that requests and settings share.

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gantry/abi/base.h>

namespace gantry {

// Both borrow: the text must outlive the view.
inline gantry_str str(std::string_view text) noexcept {
    return {text.data(), text.size()};
}
inline std::string_view view(gantry_str text) noexcept {
    return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}
inline std::string_view view(gantry_bytes bytes) noexcept {
    return bytes.size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(bytes.data), bytes.size);
}

// The whole of `text` as a decimal number; nothing for anything else, also for blanks, '+' and what does not fit.
template <typename Number>
requires std::integral<Number> || std::floating_point<Number> std::optional<Number> number(std::string_view text)
noexcept {
    Number value{};
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

// ASCII only, as header names compare.
inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

namespace detail {

inline int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace detail

// A component of a query string, with '+' for a blank and %XX for a byte; nothing for a broken escape.
inline std::optional<std::string> form_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const int high = text.size() - i > 2 ? detail::hex_digit(text[i + 1]) : -1;
        const int low = text.size() - i > 2 ? detail::hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
inline bool is_utf8(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                   : lead >= 0xF0 && lead < 0xF5 ? 4
                                                                 : 0;
        if (length == 0 || length > text.size() - i) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
        }
        const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return false;
        if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return false;
        i += length;
    }
    return true;
}

}  // namespace gantry
