#include "host/http_client/egress.hpp"

#include <algorithm>
#include <charconv>

#include "host/core/error.hpp"

namespace host::http_client {

namespace {

constexpr std::uint16_t default_port = 443;

[[noreturn]] void refuse(std::string_view text) {
    throw core::Error(core::Code::InvalidArgument,
                      "an egress rule is \"" + std::string(text.substr(0, 256)) +
                          "\" but must be host, host:port or host:*, such as api.github.com:443, "
                          "*.example.org or [2001:db8::1]:8443");
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_pattern(std::string_view host) {
    if (host == "*" || is_address(host)) return true;
    if (host.starts_with("*.")) host.remove_prefix(2);
    return !host.empty() && host.front() != '.' && host.back() != '.' &&
           std::all_of(host.begin(), host.end(), is_name_character);
}

std::optional<std::uint16_t> port_of(std::string_view text, std::string_view whole) {
    if (text == "*") return std::nullopt;
    std::uint16_t port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || port == 0) refuse(whole);
    return port;
}

bool any_matches(const std::vector<EgressRule>& rules, const std::string& host, std::uint16_t port) {
    return std::any_of(rules.begin(), rules.end(), [&](const EgressRule& rule) { return rule.matches(host, port); });
}

}  // namespace

EgressRule EgressRule::parse(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    bool has_port = false;
    const std::size_t colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    if (colon != std::string_view::npos && (!bracketed || (colon > 0 && text[colon - 1] == ']'))) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        has_port = true;
    }
    if (bracketed) {
        if (!host.ends_with(']')) refuse(text);
        host = host.substr(1, host.size() - 2);
        if (!is_address(host)) refuse(text);
    }
    EgressRule rule;
    rule.port = has_port ? port_of(port, text) : default_port;
    for (const char c : host)
        rule.host += lower(c);
    // An address in IPv6 without brackets would have been cut at its last colon.
    if (!is_pattern(rule.host) || (!bracketed && rule.host.find(':') != std::string::npos)) refuse(text);
    return rule;
}

bool EgressRule::matches(std::string_view name, std::uint16_t number) const {
    if (port && *port != number) return false;
    if (host == "*") return true;
    if (!host.starts_with("*.")) return host == name;
    const std::string_view ending = std::string_view(host).substr(1);
    return name.size() > ending.size() && name.ends_with(ending);
}

bool may_connect(Reach reach, AddressKind kind) {
    if (kind == AddressKind::Public || reach == Reach::Any) return true;
    return kind == AddressKind::Private && reach == Reach::Private;
}

Egress::Egress(std::string plugin, const std::vector<std::string>& open, const std::vector<std::string>& closed)
    : plugin_(std::move(plugin)) {
    for (const std::string& text : open)
        open_.push_back(EgressRule::parse(text));
    for (const std::string& text : closed)
        closed_.push_back(EgressRule::parse(text));
}

Reach Egress::admit(const std::string& host, std::uint16_t port) const {
    const Reach permitted = reach(host, port);
    // An address that is written down needs no look-up to be refused, and a proxy would not refuse it.
    if (!is_address(host) || may_connect(permitted, kind_of_literal(host))) return permitted;
    throw core::Error(core::Code::Denied, address_denied(host, port), authority(host, port), "ADDRESS_DENIED");
}

Reach Egress::reach(const std::string& host, std::uint16_t port) const {
    if (any_matches(closed_, host, port)) {
        const bool literal = is_address(host) && std::any_of(closed_.begin(), closed_.end(), [&](const EgressRule& rule) {
                                 return rule.host == host && rule.matches(host, port);
                             });
        return literal ? Reach::Any : Reach::Private;
    }
    if (any_matches(open_, host, port)) return Reach::Public;
    const bool inside = is_address(host) && kind_of_literal(host) != AddressKind::Public;
    const std::string list = inside ? "egress_private" : "egress";
    throw core::Error(core::Code::Denied,
                      "the plugin " + plugin_ + " may not call " + authority(host, port) +
                          "; to permit it, write under plugins." + plugin_ + ".host: " + list + ": [\"" +
                          authority(host, port) + "\"]",
                      authority(host, port), "EGRESS_DENIED");
}

std::string Egress::address_denied(const std::string& host, std::uint16_t port) const {
    return authority(host, port) + " is at an address that is not public; to permit it, write under plugins." + plugin_ +
           ".host: egress_private: [\"" + authority(host, port) + "\"]";
}

std::string authority(const std::string& host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace host::http_client
