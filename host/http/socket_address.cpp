#include "host/http/socket_address.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>

#include "host/core/error.hpp"
#include "host/http/listener.hpp"

namespace host::http {

namespace {

core::Error not_an_address(const std::string& text) {
    return core::Error{
        core::Code::InvalidArgument,
        "expected an address like 127.0.0.1:8080, [::1]:8080, :8080, https://:8443 or unix:/path, found \"" + text + "\""};
}

template <typename Address>
Address& as(sockaddr_storage& storage) {
    return reinterpret_cast<Address&>(storage);
}
template <typename Address>
const Address& as(const sockaddr_storage& storage) {
    return reinterpret_cast<const Address&>(storage);
}

std::string text_of(int family, const void* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, address, text.data(), text.size());
    return text.data();
}

}  // namespace

SocketAddress SocketAddress::parse(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) throw not_an_address(text);
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error != std::errc{} || stopped != end) throw not_an_address(text);

    SocketAddress address;
    const std::string host = text.substr(0, colon);
    if (host.empty()) {
        address.dual_stack_ = true;
        address.storage_.ss_family = AF_INET6;
    } else if (host.front() == '[' && host.back() == ']') {
        address.storage_.ss_family = AF_INET6;
        const std::string inner = host.substr(1, host.size() - 2);
        if (::inet_pton(AF_INET6, inner.c_str(), &as<sockaddr_in6>(address.storage_).sin6_addr) != 1)
            throw not_an_address(text);
    } else {
        address.storage_.ss_family = AF_INET;
        if (::inet_pton(AF_INET, host.c_str(), &as<sockaddr_in>(address.storage_).sin_addr) != 1) throw not_an_address(text);
    }
    address.set_port(port);
    return address;
}

std::uint16_t SocketAddress::port() const {
    return ntohs(family() == AF_INET ? as<sockaddr_in>(storage_).sin_port : as<sockaddr_in6>(storage_).sin6_port);
}

void SocketAddress::set_port(std::uint16_t port) {
    if (family() == AF_INET)
        as<sockaddr_in>(storage_).sin_port = htons(port);
    else
        as<sockaddr_in6>(storage_).sin6_port = htons(port);
}

void SocketAddress::take_port(int descriptor) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
    SocketAddress taken;
    taken.storage_ = bound;
    set_port(taken.port());
}

std::string SocketAddress::name() const {
    return dual_stack_ ? ":" + std::to_string(port()) : name_of(storage_);
}

std::string name_of(const sockaddr_storage& address) {
    if (address.ss_family == AF_INET) {
        const auto& v4 = as<sockaddr_in>(address);
        return text_of(AF_INET, &v4.sin_addr) + ":" + std::to_string(ntohs(v4.sin_port));
    }
    if (address.ss_family != AF_INET6) return "unix";
    const auto& v6 = as<sockaddr_in6>(address);
    const std::string port = ":" + std::to_string(ntohs(v6.sin6_port));
    // The last four bytes of ::ffff:192.0.2.1.
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return text_of(AF_INET, v6.sin6_addr.s6_addr + 12) + port;
    return "[" + text_of(AF_INET6, &v6.sin6_addr) + "]" + port;
}

}  // namespace host::http
