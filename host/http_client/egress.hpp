#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/http_client/address.hpp"

namespace host::http_client {

// One place that a plugin may call, as the administrator wrote it: "api.github.com" (port 443), "api.github.com:8443",
// "*.example.org:*" (every name below example.org, not itself, every port), "192.0.2.7:80", "[2001:db8::1]:443", "*".
struct EgressRule {
    std::string host;                   // lower case, without brackets; "*", "*.example.org"
    std::optional<std::uint16_t> port;  // nothing: every port

    // Throws InvalidArgument.
    static EgressRule parse(std::string_view text);
    bool matches(std::string_view name, std::uint16_t number) const;
};

// How far a call may reach once its name is permitted.
enum class Reach {
    Public,   // public addresses only
    Private,  // also those of this machine and its networks
    Any       // the very address was written in the configuration
};
bool may_connect(Reach reach, AddressKind kind);

// Where one plugin may call. Without a rule: nowhere.
class Egress {
  public:
    Egress() = default;
    // `open` permits public addresses, `closed` also private ones. Throws InvalidArgument.
    Egress(std::string plugin, const std::vector<std::string>& open, const std::vector<std::string>& closed);

    // `host` in lower case, without brackets. Throws Denied with the lines that would permit it.
    Reach reach(const std::string& host, std::uint16_t port) const;
    // The same for what a URL names: an address that may not be connected to is refused before anybody tries.
    Reach admit(const std::string& host, std::uint16_t port) const;
    // The refusal of an address that a permitted name turned out to have.
    std::string address_denied(const std::string& host, std::uint16_t port) const;

  private:
    std::string plugin_;
    std::vector<EgressRule> open_;
    std::vector<EgressRule> closed_;
};

// "api.github.com:443", "[::1]:80"
std::string authority(const std::string& host, std::uint16_t port);

}  // namespace host::http_client
