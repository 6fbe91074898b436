#include "host/http_client/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace host::http_client {

namespace {

struct Block4 {
    std::uint32_t network;
    int bits;
    AddressKind kind;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry (RFC 6890 and what followed). The first that matches counts.
constexpr Block4 blocks4[] = {
    {ip(100, 100, 100, 200), 32, AddressKind::Never},  // a metadata service within the shared space
    {ip(0, 0, 0, 0), 8, AddressKind::Never},          {ip(10, 0, 0, 0), 8, AddressKind::Private},
    {ip(100, 64, 0, 0), 10, AddressKind::Private},    {ip(127, 0, 0, 0), 8, AddressKind::Private},
    {ip(169, 254, 0, 0), 16, AddressKind::Never},     {ip(172, 16, 0, 0), 12, AddressKind::Private},
    {ip(192, 0, 0, 0), 24, AddressKind::Never},       {ip(192, 0, 2, 0), 24, AddressKind::Never},
    {ip(192, 88, 99, 0), 24, AddressKind::Never},     {ip(192, 168, 0, 0), 16, AddressKind::Private},
    {ip(198, 18, 0, 0), 15, AddressKind::Private},    {ip(198, 51, 100, 0), 24, AddressKind::Never},
    {ip(203, 0, 113, 0), 24, AddressKind::Never},     {ip(224, 0, 0, 0), 3, AddressKind::Never},
};

AddressKind kind_of_v4(std::uint32_t address) {
    for (const Block4& block : blocks4) {
        if ((address ^ block.network) >> (32 - block.bits) == 0) return block.kind;
    }
    return AddressKind::Public;
}

using Bytes16 = std::array<std::uint8_t, 16>;

struct Block6 {
    Bytes16 network;
    int bits;
    AddressKind kind;
};

constexpr Block6 blocks6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressKind::Private},  // ::1
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, AddressKind::Never},                             // metadata services
    {{0xfc}, 7, AddressKind::Private},                                              // unique local
    {{0xfe, 0xc0}, 10, AddressKind::Private},                                       // site-local, deprecated
    {{0x20, 0x01, 0x00}, 23, AddressKind::Never},                                   // Teredo, ORCHID, ...
    {{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::Never},                             // documentation
    {{0x3f, 0xff}, 20, AddressKind::Never},                                         // documentation
    {{0x20}, 3, AddressKind::Public},                                               // 2000::/3
};

bool within(const Bytes16& address, const Bytes16& network, int bits) {
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (std::memcmp(address.data(), network.data(), whole) != 0) return false;
    const int rest = bits % 8;
    return rest == 0 || (address[whole] ^ network[whole]) >> (8 - rest) == 0;
}

std::uint32_t v4_at(const Bytes16& address, std::size_t at) {
    return ip(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

AddressKind kind_of_v6(const Bytes16& address) {
    constexpr Bytes16 mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    constexpr Bytes16 nat64 = {0x00, 0x64, 0xff, 0x9b};
    constexpr Bytes16 six_to_four = {0x20, 0x02};
    if (within(address, mapped, 96) || within(address, nat64, 96)) return kind_of_v4(v4_at(address, 12));
    if (within(address, six_to_four, 16)) return kind_of_v4(v4_at(address, 2));
    for (const Block6& block : blocks6) {
        if (within(address, block.network, block.bits)) return block.kind;
    }
    return AddressKind::Never;
}

}  // namespace

AddressKind kind_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return kind_of_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        Bytes16 bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return kind_of_v6(bytes);
    }
    return AddressKind::Never;
}

AddressKind kind_of_literal(std::string_view text) {
    const std::string terminated(text);
    in_addr v4{};
    if (inet_pton(AF_INET, terminated.c_str(), &v4) == 1) return kind_of_v4(ntohl(v4.s_addr));
    Bytes16 v6{};
    if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return kind_of_v6(v6);
    return AddressKind::Never;
}

bool is_address(std::string_view text) {
    const std::string terminated(text);
    Bytes16 any{};
    return inet_pton(AF_INET, terminated.c_str(), any.data()) == 1 ||
           inet_pton(AF_INET6, terminated.c_str(), any.data()) == 1;
}

}  // namespace host::http_client
