#include "host/config/formats.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include <arpa/inet.h>

namespace host::config {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t size;
};

// Largest first: the first that divides a value is the shortest way to write it.
constexpr Unit duration_units[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
// Where a plugin reads the text itself it may count finer than the host does.
constexpr Unit fine_duration_units[] = {{"d", 86'400'000'000'000},
                                        {"h", 3'600'000'000'000},
                                        {"m", 60'000'000'000},
                                        {"s", 1'000'000'000},
                                        {"ms", 1'000'000},
                                        {"us", 1'000},
                                        {"ns", 1}};
constexpr Unit byte_units[] = {{"TiB", 1ll << 40}, {"GiB", 1ll << 30}, {"MiB", 1ll << 20}, {"KiB", 1ll << 10}, {"", 1}};

template <typename Units>
std::optional<std::int64_t> read_quantity(std::string_view text, const Units& units) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number < 0) return std::nullopt;
    const std::string_view name(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
    for (const Unit& unit : units) {
        if (unit.name != name) continue;
        if (number > std::numeric_limits<std::int64_t>::max() / unit.size) return std::nullopt;
        return number * unit.size;
    }
    return std::nullopt;
}

template <typename Units>
std::string write_quantity(std::int64_t value, const Units& units) {
    const auto* unit = std::find_if(std::begin(units), std::end(units), [&](const Unit& u) { return value % u.size == 0; });
    return std::to_string(value / unit->size) + std::string(unit->name);
}

bool is_address(int family, std::string_view text) {
    unsigned char address[sizeof(in6_addr)];
    return inet_pton(family, std::string(text).c_str(), address) == 1;
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_name(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    // A last label of digits only was meant to be an IPv4 address.
    const std::string_view last = text.substr(text.rfind('.') == std::string_view::npos ? 0 : text.rfind('.') + 1);
    if (last.find_first_not_of("0123456789") == std::string_view::npos) return false;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t dot = std::min(text.find('.', at), text.size());
        if (!is_label(text.substr(at, dot - at))) return false;
        at = dot + 1;
    }
    return true;
}

bool is_host(std::string_view text) {
    return is_address(AF_INET, text) || is_address(AF_INET6, text) || is_name(text);
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

bool is_listen(std::string_view text) {
    constexpr std::size_t unix_path_bytes_max = 107;  // sockaddr_un
    if (text.starts_with("unix:")) return text.size() > 6 && text[5] == '/' && text.size() - 5 <= unix_path_bytes_max;
    if (text.starts_with("https://")) text.remove_prefix(8);
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return false;
    const std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) return is_address(AF_INET6, host.substr(1, host.size() - 2));
    return host.empty() || is_address(AF_INET, host) || is_name(host);
}

bool is_egress(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_address(AF_INET6, text.substr(1, end - 1))) return false;
        const std::string_view rest = text.substr(end + 1);
        return rest.empty() || rest == ":*" || (rest.starts_with(':') && is_port(rest.substr(1)) && rest != ":0");
    }
    const std::size_t colon = text.find(':');
    std::string_view host = text.substr(0, colon);
    const std::string_view port = colon == std::string_view::npos ? "*" : text.substr(colon + 1);
    if (port != "*" && (!is_port(port) || port == "0")) return false;
    if (host == "*") return true;
    if (host.starts_with("*.")) host.remove_prefix(2);
    return is_address(AF_INET, host) || is_name(host);
}

bool is_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    const std::string_view scheme = text.substr(0, colon);
    const bool letter_first = is_letter_or_digit(scheme[0]) && (scheme[0] < '0' || scheme[0] > '9');
    const auto in_scheme = [](char c) { return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.'; };
    const auto in_uri = [](char c) {
        return c > ' ' && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
    };
    return letter_first && std::all_of(scheme.begin(), scheme.end(), in_scheme) &&
           std::all_of(text.begin(), text.end(), in_uri);
}

bool is_duration(std::string_view text) {
    return read_quantity(text, fine_duration_units).has_value();
}

bool is_path(std::string_view text) {
    return !text.empty() && text.find('\0') == std::string_view::npos;
}

struct Format {
    std::string_view name;
    std::string_view expectation;
    bool (*matches)(std::string_view);
};

constexpr Format formats[] = {
    {"duration", "a duration such as 500ms, 30s, 2m or 1h", is_duration},
    {"bytes", "a size such as 512, 64KiB or 1MiB", [](std::string_view t) { return read_bytes(t).has_value(); }},
    {"uri", "a URI such as https://example.org/path", is_uri},
    {"host", "a host name or an IP address", is_host},
    {"path", "the path of a file or directory", is_path},
    {"egress", "a host that may be called, such as api.github.com, api.github.com:8443, *.example.org or [2001:db8::1]:443",
     is_egress},
    {"listen", "an address such as 127.0.0.1:8080, [::1]:8080, :8080, https://:8443 or unix:/run/gantry/http.sock",
     is_listen},
};

const Format& format_of(std::string_view name) {
    return *std::find_if(std::begin(formats), std::end(formats), [&](const Format& f) { return f.name == name; });
}

}  // namespace

std::optional<std::int64_t> read_duration(std::string_view text) {
    if (text == "0") return 0;
    return read_quantity(text, duration_units);
}

std::optional<std::int64_t> read_bytes(std::string_view text) {
    return read_quantity(text, byte_units);
}

std::string write_duration(std::int64_t milliseconds) {
    return milliseconds == 0 ? "0s" : write_quantity(milliseconds, duration_units);
}

std::string write_bytes(std::int64_t bytes) {
    return bytes == 0 ? "0" : write_quantity(bytes, byte_units);
}

const std::vector<std::string>& format_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Format& format : formats)
            all.emplace_back(format.name);
        return all;
    }();
    return names;
}

bool matches_format(std::string_view format, std::string_view text) {
    return format_of(format).matches(text);
}

std::string format_expectation(std::string_view format) {
    return std::string(format_of(format).expectation);
}

}  // namespace host::config
