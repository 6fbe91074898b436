#include "host/log/redact.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace host::log {

namespace {

constexpr std::string_view mask = "***";

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The end of "scheme://user:" if a password follows, else npos.
std::size_t password_begin(std::string_view text, std::size_t authority) {
    const std::size_t end = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(authority), text.end(),
                                         [](char c) { return c == '/' || is_space(c) || c == '"'; }) -
                            text.begin();
    const std::string_view part = text.substr(authority, end - authority);
    const std::size_t at = part.rfind('@');
    const std::size_t colon = part.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return std::string_view::npos;
    return authority + colon + 1;
}

}  // namespace

bool is_secret_name(std::string_view name) {
    std::string plain;
    for (char c : name) {
        if (c != '_' && c != '-' && c != '.') plain.push_back(lower(c));
    }
    constexpr std::array<std::string_view, 12> words = {"password",      "passwd", "secret",     "token",
                                                        "authorization", "apikey", "cookie",     "privatekey",
                                                        "credential",    "bearer", "passphrase", "sessionid"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

std::string redact(std::string_view text) {
    std::string out;
    std::size_t i = 0;
    while (i < text.size()) {
        if (text.substr(i).starts_with("://")) {
            const std::size_t begin = password_begin(text, i + 3);
            if (begin != std::string_view::npos) {
                out.append(text.substr(i, begin - i)).append(mask);
                // A password may itself hold '@': everything up to the last one of the authority goes.
                std::size_t end = begin;
                for (std::size_t j = begin; j < text.size() && text[j] != '/' && !is_space(text[j]) && text[j] != '"'; ++j) {
                    if (text[j] == '@') end = j;
                }
                i = end;
                continue;
            }
        }
        const bool word_start = i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]));
        if (word_start &&
            (starts_with_ignoring_case(text.substr(i), "bearer ") || starts_with_ignoring_case(text.substr(i), "basic "))) {
            const std::size_t space = text.find(' ', i);
            std::size_t end = space + 1;
            while (end < text.size() && !is_space(text[end]) && text[end] != '"' && text[end] != ',')
                ++end;
            // "bearer of news" is prose; a credential is long.
            if (end - space > 8) {
                out.append(text.substr(i, space + 1 - i)).append(mask);
                i = end;
                continue;
            }
        }
        out.push_back(text[i++]);
    }
    return out;
}

}  // namespace host::log
