#include "host/kv/redis_address.hpp"

#include <charconv>
#include <string_view>

#include "host/core/error.hpp"

namespace host::kv {

namespace {

constexpr std::string_view tcp_scheme = "redis://";
constexpr std::string_view unix_scheme = "unix:";

core::Error wrong(const std::string& what) {
    return {core::Code::InvalidArgument, "kv.redis_url: " + what, "kv.redis_url"};
}

template <typename Number>
Number number_of(std::string_view text, const char* what) {
    Number number{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) throw wrong(std::string(what) + " is no number");
    return number;
}

// Percent-encoding, as user and password have it.
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned byte = 0;
        const char* const first = text.data() + i + 1;
        if (text.size() - i < 3 || std::from_chars(first, first + 2, byte, 16).ptr != first + 2) {
            throw wrong("a '%' is not followed by two hexadecimal digits");
        }
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

void read_credentials(RedisAddress& address, std::string_view text) {
    const std::size_t colon = text.find(':');
    address.user = decoded(text.substr(0, colon));
    if (colon != std::string_view::npos) address.password = decoded(text.substr(colon + 1));
}

void read_place(RedisAddress& address, std::string_view text) {
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) throw wrong("a '[' without its ']'");
    const std::size_t colon = text.find(':', bracket);
    const std::string_view host = text.substr(0, colon);
    address.host = bracket != 0 ? host.substr(1, bracket - 1) : host;
    if (address.host.empty()) throw wrong("there is no host in it");
    if (colon != std::string_view::npos) address.port = number_of<std::uint16_t>(text.substr(colon + 1), "the port");
}

RedisAddress read_tcp(std::string_view text) {
    RedisAddress address;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos && slash + 1 < text.size()) {
        address.number = number_of<std::uint32_t>(text.substr(slash + 1), "what follows the host");
    }
    text = text.substr(0, slash);
    const std::size_t at = text.rfind('@');
    if (at != std::string_view::npos) read_credentials(address, text.substr(0, at));
    read_place(address, at == std::string_view::npos ? text : text.substr(at + 1));
    return address;
}

RedisAddress read_unix(std::string_view text) {
    constexpr std::string_view db = "?db=";
    RedisAddress address;
    const std::size_t question = text.find(db);
    if (question != std::string_view::npos) {
        address.number = number_of<std::uint32_t>(text.substr(question + db.size()), "db");
    }
    address.socket = text.substr(0, question);
    if (!address.socket.starts_with('/')) throw wrong("unix: is followed by an absolute path");
    return address;
}

}  // namespace

RedisAddress parse_redis_url(const std::string& url) {
    const std::string_view text = url;
    if (text.starts_with(tcp_scheme)) return read_tcp(text.substr(tcp_scheme.size()));
    if (text.starts_with(unix_scheme)) return read_unix(text.substr(unix_scheme.size()));
    throw wrong("it must begin with redis:// or unix:");
}

}  // namespace host::kv
