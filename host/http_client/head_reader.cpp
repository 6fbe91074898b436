#include "host/http_client/head_reader.hpp"

#include <curl/curl.h>

#include <charconv>

namespace host::http_client {

namespace {

constexpr std::size_t usual_headers = 16;

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

}  // namespace

HeadReader::Progress HeadReader::add(std::string_view line) {
    if (complete_) return Progress::More;
    bytes_ += line.size();
    if (bytes_ > bytes_max_) return Progress::TooLarge;
    if (line.starts_with("HTTP/")) return begin_block(line) ? Progress::More : Progress::Malformed;
    if (!trimmed(line).empty()) {
        add_field(line);
        return Progress::More;
    }
    if (head_.status < 200) {
        clear();
        return Progress::More;
    }
    complete_ = true;
    return Progress::Complete;
}

void HeadReader::clear() {
    head_.status = 0;
    head_.headers.clear();
}

bool HeadReader::begin_block(std::string_view line) {
    clear();
    head_.headers.reserve(usual_headers);
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos || line.size() < blank + 4) return false;
    const char* begin = line.data() + blank + 1;
    const auto read = std::from_chars(begin, begin + 3, head_.status);
    return read.ec == std::errc() && read.ptr == begin + 3 && head_.status >= 100 && head_.status <= 599;
}

void HeadReader::add_field(std::string_view line) {
    // A folded line goes on with the value before it (RFC 9112, 5.2).
    if ((line.front() == ' ' || line.front() == '\t') && !head_.headers.empty()) {
        head_.headers.back().value.append(" ").append(trimmed(line));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return;
    const std::string_view value = trimmed(line.substr(colon + 1));
    head_.headers.emplace_back(Header{std::string(line.substr(0, colon)), std::string(value)});
}

void HeadReader::reset() {
    bytes_ = 0;
    complete_ = false;
    clear();
}

std::string_view HeadReader::find(std::string_view name) const {
    for (const Header& header : head_.headers) {
        if (header.name.size() == name.size() && curl_strnequal(header.name.data(), name.data(), name.size()) != 0) {
            return header.value;
        }
    }
    return {};
}

}  // namespace host::http_client
