#pragma once

#include <string>
#include <string_view>

struct sockaddr;

namespace host::http_client {

// What an address is to somebody who can make the host call it.
//   Public   the internet
//   Private  this machine and its networks: loopback, RFC 1918, unique local, shared (CGNAT), benchmarking
//   Never    what no name has a reason to point to: link-local with the metadata services, multicast, unspecified,
//            documentation, transition mechanisms
enum class AddressKind { Public, Private, Never };

// IPv4 within IPv6 (mapped, NAT64, 6to4) counts as what it leads to. Other families are Never.
AddressKind kind_of(const sockaddr& address);
// "192.0.2.1" or "2001:db8::1", without brackets; what is no address is Never.
AddressKind kind_of_literal(std::string_view text);
bool is_address(std::string_view text);

}  // namespace host::http_client
