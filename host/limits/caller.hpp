#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/message.hpp"

namespace host::limits {

// An address of IPv4 or IPv6; IPv4 stands in IPv6's form (::ffff:192.0.2.1), so that there is one to compare.
using Address = std::array<unsigned char, 16>;

// "192.0.2.1", "2001:db8::1", also with a port, as proxies and this host write them; nothing: it is none.
std::optional<Address> address_of(std::string_view text);

// Those that may tell on whose behalf they call.
class TrustedProxies {
  public:
    // Addresses, networks, and "unix" for those that come through a socket in the file system. Throws InvalidArgument.
    explicit TrustedProxies(const std::vector<std::string>& ranges);
    bool trusts(std::string_view peer) const;

  private:
    struct Range {
        Address first;
        unsigned bits;
    };
    std::vector<Range> ranges_;
    bool unix_ = false;
};

// From where a request comes, as far as it is worth counting: the address of the connection, or what the last proxy that is
// not trusted gave; a network of 64 bits for IPv6, because one client has that many.
std::string origin_of(const http::Request& request, const TrustedProxies& proxies);

}  // namespace host::limits
