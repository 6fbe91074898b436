#include "host/limits/caller.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "host/core/error.hpp"

namespace host::limits {

namespace {

constexpr unsigned address_bits = 128;
constexpr unsigned ipv4_bits = 32;
constexpr Address ipv4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
// More proxies in a row than anybody has: a header that a client has filled up.
constexpr std::size_t hops_max = 32;

bool is_ipv4(const Address& address) {
    return std::equal(ipv4_prefix.begin(), ipv4_prefix.begin() + 12, address.begin());
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "[2001:db8::1]:443" and "192.0.2.1:443" without what is around the address.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
    const std::size_t colon = text.find(':');
    const bool one_colon = colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
    return one_colon ? text.substr(0, colon) : text;
}

bool begins_with(const Address& address, const Address& network, unsigned bits) {
    const unsigned bytes = bits / 8;
    if (std::memcmp(address.data(), network.data(), bytes) != 0) return false;
    const auto mask = static_cast<unsigned char>(0xff00u >> bits % 8);
    return bits % 8 == 0 || (address[bytes] & mask) == (network[bytes] & mask);
}

core::Error no_range(const std::string& text) {
    return {core::Code::InvalidArgument,
            "a trusted proxy is an address, a network as 10.0.0.0/8, or unix; found \"" + text + "\""};
}

// What X-Forwarded-For says, the nearest last. Several such fields are one list (RFC 9110 section 5.3).
std::vector<std::string_view> forwarded_by(const http::Request& request) {
    std::vector<std::string_view> hops;
    for (const http::Field& field : request.fields) {
        if (!http::equal_names(field.name, "X-Forwarded-For")) continue;
        for (std::string_view rest = field.value; !rest.empty();) {
            const std::size_t end = std::min(rest.find(','), rest.size());
            hops.push_back(trimmed(rest.substr(0, end)));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return hops;
}

std::string counted(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_ipv4(address)) return ::inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
    Address network = address;
    std::fill(network.begin() + 8, network.end(), static_cast<unsigned char>(0));
    return std::string(::inet_ntop(AF_INET6, network.data(), text.data(), text.size())) + "/64";
}

}  // namespace

std::optional<Address> address_of(std::string_view text) {
    const std::string host(without_port(trimmed(text)));
    Address address = ipv4_prefix;
    if (::inet_pton(AF_INET, host.c_str(), address.data() + 12) == 1) return address;
    if (::inet_pton(AF_INET6, host.c_str(), address.data()) == 1) return address;
    return std::nullopt;
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& ranges) {
    for (const std::string& text : ranges) {
        if (text == "unix") {
            unix_ = true;
            continue;
        }
        const std::size_t slash = std::min(text.find('/'), text.size());
        const auto address = address_of(text.substr(0, slash));
        if (!address) throw no_range(text);
        const unsigned width = is_ipv4(*address) ? ipv4_bits : address_bits;
        unsigned bits = width;
        if (slash < text.size()) {
            const char* end = text.data() + text.size();
            const auto read = std::from_chars(text.data() + slash + 1, end, bits);
            if (read.ec != std::errc() || read.ptr != end || bits > width) throw no_range(text);
        }
        ranges_.push_back({*address, address_bits - width + bits});
    }
}

bool TrustedProxies::trusts(std::string_view peer) const {
    if (peer == "unix") return unix_;
    if (ranges_.empty()) return false;
    const auto address = address_of(peer);
    return address && std::any_of(ranges_.begin(), ranges_.end(),
                                  [&](const Range& range) { return begins_with(*address, range.first, range.bits); });
}

std::string origin_of(const http::Request& request, const TrustedProxies& proxies) {
    std::string_view nearest = request.peer;
    if (proxies.trusts(nearest)) {
        const std::vector<std::string_view> hops = forwarded_by(request);
        const std::size_t least = hops.size() - std::min(hops.size(), hops_max);
        for (std::size_t i = hops.size(); i > least && proxies.trusts(nearest); --i) {
            // Whatever stands before something that is no address may be anybody's invention.
            if (!address_of(hops[i - 1])) break;
            nearest = hops[i - 1];
        }
    }
    const auto address = address_of(nearest);
    return address ? counted(*address) : std::string(nearest);
}

}  // namespace host::limits
