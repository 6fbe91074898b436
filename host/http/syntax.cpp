#include "host/http/syntax.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "host/http/message.hpp"

namespace host::http {

namespace {

enum Class : std::uint8_t { Token = 1, Target = 2, Host = 4, Value = 8 };

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0; c < 256; ++c) {
        const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (alnum) classes[c] |= Token | Host;
        if (c > 0x20 && c < 0x7f && c != '#') classes[c] |= Target;
        if ((c >= 0x20 && c != 0x7f) || c == '\t') classes[c] |= Value;
    }
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        classes[static_cast<unsigned char>(c)] |= Token;
    for (const char c : std::string_view("-._~!$&'()*+,;=%:[]"))
        classes[static_cast<unsigned char>(c)] |= Host;
    return classes;
}

constexpr auto classes = make_classes();

bool all(std::string_view text, Class wanted) {
    return std::all_of(text.begin(), text.end(),
                       [wanted](char c) { return (classes[static_cast<unsigned char>(c)] & wanted) != 0; });
}

// True if no byte of the word is below 0x20 or is 0x7f. Eight at a time: field values are most of a request.
bool all_printable(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    const std::uint64_t deletes = word ^ (ones * 0x7f);
    return ((((word - ones * 0x20) & ~word) | ((deletes - ones) & ~deletes)) & tops) == 0;
}

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && all(text, Token);
}

bool is_target(std::string_view text) {
    return !text.empty() && all(text, Target);
}

bool is_host(std::string_view text) {
    return all(text, Host);
}

bool is_field_value(std::string_view text) {
    while (text.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), sizeof word);
        if (!all_printable(word) && !all(text.substr(0, sizeof word), Value)) return false;
        text.remove_prefix(sizeof word);
    }
    return all(text, Value);
}

namespace {

// Takes the next element off the front of a comma-separated list; false at its end.
bool next_element(std::string_view& list, std::string_view& element) {
    if (list.data() == nullptr) return false;
    const std::size_t comma = list.find(',');
    element = trim(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    return true;
}

}  // namespace

bool is_token_list(std::string_view list) {
    for (std::string_view element; next_element(list, element);) {
        if (!element.empty() && !is_token(element)) return false;
    }
    return true;
}

bool list_has(std::string_view list, std::string_view wanted) {
    for (std::string_view element; next_element(list, element);) {
        if (equal_names(element, wanted)) return true;
    }
    return false;
}

}  // namespace host::http
