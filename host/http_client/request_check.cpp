#include "host/http_client/request_check.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace host::http_client {

namespace {

using core::Code;
using core::Error;

constexpr std::size_t headers_max = 100;
constexpr std::size_t headers_bytes_max = 64 * 1024;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool is_token(std::string_view text) {
    const auto is_tchar = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar);
}

bool is_field_value(std::string_view text) {
    const auto is_sound = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    };
    return std::all_of(text.begin(), text.end(), is_sound);
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The host frames the message and says whom it is for.
bool is_the_hosts(const std::string& name) {
    static constexpr std::array<std::string_view, 10> words = {
        "host",    "content-length", "transfer-encoding", "connection", "upgrade", "keep-alive", "te",
        "trailer", "expect",         "http2-settings"};
    return is_one_of(name, words) || name.starts_with("proxy-");
}

void check_header(const Header& header) {
    if (!is_token(header.name)) throw Error(Code::InvalidArgument, "a header's name is no token", "headers");
    if (!is_field_value(header.value)) {
        throw Error(Code::InvalidArgument, "the value of " + header.name + " holds a control character", header.name);
    }
    if (is_the_hosts(lower(header.name))) {
        throw Error(Code::InvalidArgument, "the header " + header.name + " is the host's to write", header.name);
    }
}

}  // namespace

void check_request(const Call& call) {
    if (!is_token(call.method) || call.method.size() > 32) {
        throw Error(Code::InvalidArgument, "the method is no token", "method");
    }
    if (call.method == "CONNECT" || call.method == "TRACE") {
        throw Error(Code::InvalidArgument, "the method " + call.method + " is not for plugins", "method");
    }
    if (call.method == "HEAD" && (!call.body.bytes.empty() || call.body_stream))
        throw Error(Code::InvalidArgument, "HEAD takes no body", "body");
    if (call.body_stream && !call.body.bytes.empty())
        throw Error(Code::InvalidArgument, "a body comes at once or piece by piece", "body");
    if (call.headers.size() > headers_max) {
        throw Error(Code::InvalidArgument,
                    "the request has " + std::to_string(call.headers.size()) + " headers but may have 100", "headers");
    }
    std::size_t bytes = 0;
    for (const Header& header : call.headers) {
        check_header(header);
        bytes += header.name.size() + header.value.size();
    }
    if (bytes > headers_bytes_max)
        throw Error(Code::InvalidArgument, "the request's headers are longer than 64 KiB", "headers");
}

bool is_idempotent(std::string_view method) {
    static constexpr std::array<std::string_view, 5> methods = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
    return is_one_of(method, methods);
}

bool crosses_origins(std::string_view name) {
    static constexpr std::array<std::string_view, 8> words = {"accept",        "accept-language",  "accept-encoding",
                                                              "content-type",  "user-agent",       "range",
                                                              "if-none-match", "if-modified-since"};
    return is_one_of(lower(name), words);
}

}  // namespace host::http_client
