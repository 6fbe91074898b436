#pragma once

#include <cstdint>
#include <string_view>

// The character classes of RFC 9110 and RFC 3986 that messages are checked against.
namespace host::http {

inline char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_token(std::string_view text);        // RFC 9110 section 5.6.2; not empty
bool is_field_value(std::string_view text);  // visible, space, tab, 0x80-0xff
bool is_target(std::string_view text);       // visible ASCII without '#': what a request target may be made of
bool is_host(std::string_view text);         // uri-host [":" port], may be empty; by its characters

// Without the spaces and tabs around it.
inline std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool is_token_list(std::string_view list);  // #token, RFC 9110 section 5.6.1; elements may be empty
// Is `wanted` an element of the comma-separated list (RFC 9110 section 5.6.1)? Case does not matter.
bool list_has(std::string_view list, std::string_view wanted);

}  // namespace host::http
