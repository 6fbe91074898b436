#include "host/http/json_text.hpp"

#include "host/http/utf8.hpp"

namespace host::http {

namespace {

void append_escaped(std::string& out, char c) {
    static constexpr char hex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
        out.append("\\u00");
        out.push_back(hex[byte >> 4]);
        out.push_back(hex[byte & 15]);
    } else {
        out.push_back(c);
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = utf8_size_at(text, at);
        if (size == 1) {
            append_escaped(out, text[at]);
        } else if (size == 0) {
            out.append("\xef\xbf\xbd");
        } else {
            out.append(text.substr(at, size));
        }
        at += size == 0 ? 1 : size;
    }
    out.push_back('"');
}

}  // namespace host::http
